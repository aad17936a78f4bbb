// Third-party code in the bundle: its licenses as one text, and a CycloneDX SBOM. Both are made from esbuild's
// metafile, so they list exactly what is inside; without timestamps, so that builds are reproducible.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The packages in the bundle, by name and version. `inputs`: the metafile's paths. */
function bundledPackages(inputs) {
  const packages = new Map();
  for (const input of inputs) {
    if (!input.includes("node_modules/")) continue;
    const folder = packageFolder(dirname(input));
    const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (license === undefined) throw new Error(`${name} declares no license: check before shipping it`);
    packages.set(`${name}@${version}`, { name, version, license, author, folder });
  }
  return [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** A nested package.json that only sets `"type"` is not a package. */
function packageFolder(folder) {
  const file = join(folder, "package.json");
  if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version !== undefined) return folder;
  return packageFolder(dirname(folder));
}

/** A monorepo's package may ship without the text: take it from a sibling with the same scope and license. */
function licenceText(self, packages) {
  const siblings = packages.filter(
    ({ name, license }) => license === self.license && scopeOf(name) === scopeOf(self.name),
  );
  for (const { folder } of [self, ...siblings]) {
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    if (files.length > 0)
      return files.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n");
  }
  if (self.license === "MIT" && self.author !== undefined) return mitText(self.author.name ?? self.author);
  throw new Error(`${self.name} ships no license text: find it before shipping it`);
}

/** MIT license texts differ only in the holder, and our own license is MIT. */
function mitText(holder) {
  return readFileSync("LICENSE", "utf8")
    .replace(/^Copyright.*$/m, `Copyright (c) ${holder}`)
    .trim();
}

function scopeOf(name) {
  return name.startsWith("@") ? name.split("/")[0] : name;
}

export function writeNotices(metafile, self, folder) {
  const packages = bundledPackages(Object.keys(metafile.inputs));
  const notices = packages.map(
    (each) => `${each.name} ${each.version} (${each.license})\n\n${licenceText(each, packages)}\n`,
  );
  writeFileSync(join(folder, "THIRD-PARTY-LICENSES.txt"), notices.join(`\n${"-".repeat(80)}\n\n`));
  writeFileSync(join(folder, "sbom.cdx.json"), `${JSON.stringify(sbom(packages, self), null, 2)}\n`);
}

function sbom(packages, self) {
  const component = ({ name, version, license }, type) => ({
    type,
    "bom-ref": purl(name, version),
    name,
    version,
    licenses: [
      / (OR|AND) /.test(license)
        ? { expression: license.replace(/^\(|\)$/g, "") }
        : { license: { id: license } },
    ],
    purl: purl(name, version),
  });
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: component(self, "application") },
    components: packages.map((each) => component(each, "library")),
    dependencies: [
      {
        ref: purl(self.name, self.version),
        dependsOn: packages.map((each) => purl(each.name, each.version)),
      },
    ],
  };
}

function purl(name, version) {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}
