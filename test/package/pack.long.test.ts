import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { schemaFiles } from "../../src/report/schemas/files.ts";
import { filesIn, install, pack, ROOT, scratch } from "./tarball.ts";

const { folder, remove } = scratch();
afterAll(remove);

const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

describe("the tarball", () => {
  let tarball: string;
  beforeAll(() => {
    tarball = pack(join(folder, "first"));
  });

  it("is byte-identical when packed again", () => {
    expect(sha256(pack(join(folder, "second")))).toBe(sha256(tarball));
  });

  it("contains a program that is byte-identical when built again", () => {
    const again = join(folder, "dist");
    execFileSync(process.execPath, ["build.mjs", again], { cwd: ROOT });
    const files = readdirSync(again, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== "meta.json")
      .map((entry) => relative(again, join(entry.parentPath, entry.name)));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) expect(sha256(join(ROOT, "dist", file)), file).toBe(sha256(join(again, file)));
  });

  it("contains the built program, runbooks, schemas, licences and the SBOM, and nothing else", () => {
    const files = filesIn(tarball);
    const expected = [
      /^package\.json$/,
      /^README\.md$/,
      /^LICENSE$/,
      /^CHANGELOG\.md$/,
      // The action runs from a clone, so its files would be useless here.
      /^bin\/(keyturn\.js|package\.json)$/,
      /^dist\/([\w-]+\.js|package\.json|THIRD-PARTY-LICENSES\.txt|sbom\.cdx\.json)$/,
      /^dist\/keyturn\.1$/,
      /^dist\/unattended\/index\.js$/,
      /^dist\/schemas\/[\w.-]+\.json$/,
      /^runbooks\/[\w-]+\.md$/,
    ];
    expect(files.filter((file) => !expected.some((pattern) => pattern.test(file)))).toEqual([]);
    for (const file of [
      "bin/keyturn.js",
      "dist/main.js",
      "dist/THIRD-PARTY-LICENSES.txt",
      "dist/sbom.cdx.json",
      "LICENSE",
      "runbooks/README.md",
      ...[...schemaFiles().keys()].map((file) => `dist/schemas/${file}`),
    ]) {
      expect(files).toContain(file);
    }
  });

  it("is small enough to fetch with npx while somebody waits", () => {
    expect(statSync(tarball).size).toBeLessThan(2_000_000);
    expect(filesIn(tarball).length).toBeLessThan(260);
  });

  it("installs offline as one package and runs", () => {
    const project = install(tarball, folder);
    const installed = readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."));
    expect(installed).toEqual(["keyturn"]);
    const bin = join(project, "node_modules/.bin/keyturn");
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(execFileSync(bin, ["--version"]).toString().trim()).toBe(version);
  });
});

describe("what is bundled", () => {
  const dist = join(ROOT, "dist");
  const sbom = JSON.parse(readFileSync(join(dist, "sbom.cdx.json"), "utf8"));

  it("is listed in an SBOM that the CycloneDX schema accepts", async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(JSON.stringify(sbom))).toBeNull();
  });

  it("is listed completely: every package that the bundle's sources come from", () => {
    const { inputs } = JSON.parse(readFileSync(join(dist, "meta.json"), "utf8")) as {
      inputs: Record<string, unknown>;
    };
    const packages = new Set<string>();
    for (const input of Object.keys(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
      if (name !== undefined) packages.add(name);
    }
    const listed = new Set(sbom.components.map(({ name }: { name: string }) => name));
    expect([...listed].sort()).toEqual([...packages].sort());
  });

  it("comes with the licence of each package", () => {
    const licences = readFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const { name, version } of sbom.components) expect(licences).toContain(`${name} ${version} (`);
  });
});

describe("the workflows", () => {
  const folder = join(ROOT, ".github/workflows");

  it.each(readdirSync(folder))(
    "%s pins every action to a commit, and leaves no credentials in the clone",
    (file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const used = [...text.matchAll(/uses: (.*)$/gm)].map(([, action = ""]) => action);
      expect(used.length).toBeGreaterThan(0);
      for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      const checkouts = text.split(/^ *- /m).filter((step) => step.startsWith("uses: actions/checkout@"));
      for (const step of checkouts) expect(step).toContain("persist-credentials: false");
    },
  );
});

describe("the release workflow", () => {
  const workflow = parse(readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8"));

  it("publishes with provenance, by the workflow's identity and without a token", () => {
    const { publishConfig } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(publishConfig).toEqual({ access: "public", provenance: true });
    expect(workflow.jobs.publish.permissions).toEqual({ contents: "read", "id-token": "write" });
    // No stored secrets: a job's own token expires with the job, and the publish job does not use it.
    expect(JSON.stringify(workflow)).not.toMatch(/secrets\./);
    expect(JSON.stringify(workflow.jobs.publish)).not.toMatch(/TOKEN|github\.token/);
  });

  it("publishes only for a version's tag, after everything passed, and gives no test its identity", () => {
    const { on, permissions, jobs } = workflow;
    const runs = (job: string): string[] => jobs[job].steps.flatMap(({ run }: { run?: string }) => run ?? []);
    // The action's tag v1, which this workflow moves, does not match.
    expect(on).toEqual({ push: { tags: ["v[0-9]+.[0-9]+.[0-9]+"] } });
    expect(permissions).toEqual({});
    expect([jobs.test.permissions, jobs.publish.needs]).toEqual([{ contents: "read" }, "test"]);
    expect(runs("test").at(-1)).toBe(".ci/run");
    expect(runs("publish")).toContain("npm publish");
    expect(runs("publish").filter((line) => /\.ci\/run|npm (?:test|run|start)/.test(line))).toEqual([]);
    expect(runs("publish").find((line) => line.startsWith("npm ci"))).toContain("--ignore-scripts");
  });
});
