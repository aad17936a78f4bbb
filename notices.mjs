// What the bundle contains of other people's work: their licences as one text, and a CycloneDX SBOM. Both are made
// from esbuild's metafile, so they list what is really inside and nothing else; no times, so that a build repeats.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The packages that files of the bundle come from, by name and version. `inputs` are the metafile's paths. */
function bundledPackages(inputs) {
  const packages = new Map();
  for (const input of inputs) {
    if (!input.includes("node_modules/")) continue;
    const folder = packageFolder(dirname(input));
    const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (license === undefined) throw new Error(`${name} names no licence: find out before it is shipped`);
    packages.set(`${name}@${version}`, { name, version, license, author, folder });
  }
  return [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Nested package.json files that only say `"type"` are no packages. */
function packageFolder(folder) {
  const file = join(folder, "package.json");
  if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version !== undefined) return folder;
  return packageFolder(dirname(folder));
}

/** A package of a monorepo may ship without the text: then a sibling of the same scope and licence lends its own. */
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
  throw new Error(`${self.name} ships no licence text: find it before it is shipped`);
}

/** The text of the MIT licence is the same for all but for its holder, and it is our own. */
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
