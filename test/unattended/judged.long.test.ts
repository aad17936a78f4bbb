/** The folders of `unattended template` checked by slow tools: AWS's linter, and Terraform with AWS's provider. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CelEngine, TemplateFile } from "@aws/cloudformation-validate";
import { afterAll, describe, expect, it } from "vitest";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { pathOf, skipped } from "../fakes/needs.ts";
import { findProvider } from "../fakes/terraform-provider.ts";

const folder = mkdtempSync(join(tmpdir(), "keyturn-unattended-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ONE = readFileSync(new URL("../fixtures/keyturn.yaml", import.meta.url), "utf8");
const TEXT = `${ONE}
  web-shop:
    assumeRole: arn:aws:iam::222222222222:role/keyturn
    distributions: [E2]
    keyGroups: [group-2]
    secret: shop/key
    cookie: { resource: 'https://shop.example.com/*', ttl: 15m }
`;

/** Writes the template's folder to the disk. */
async function written(format: "cfn" | "terraform") {
  const world = memoryWorld({ files: { "keyturn.yaml": TEXT } });
  const line = `unattended template --format ${format} -o out`;
  expect((await runCommand(words(line), world)).exitCode).toBe(0);
  const out = mkdtempSync(join(folder, format));
  for (const name of world.files.names().filter((each) => each.startsWith("out/"))) {
    writeFileSync(join(out, name.slice("out/".length)), await world.files.read(name));
  }
  return out;
}

it("the template passes AWS's linter with nothing above INFO", async () => {
  const engine = new CelEngine();
  try {
    const report = engine.validateStandard(new TemplateFile(join(await written("cfn"), "template.json")));
    expect(report.diagnostics.length).toBeGreaterThan(0);
    const found = report.diagnostics.filter(({ severity }) => severity !== "INFO");
    expect(found.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  } finally {
    engine.free();
  }
});

const provider = pathOf("terraform") === undefined ? undefined : findProvider();
const withTerraform =
  provider === undefined ? skipped("needs terraform and its AWS provider in a local mirror") : describe;

withTerraform("terraform validate", () => {
  it("accepts the configuration", async () => {
    const cwd = await written("terraform");
    const configuration = join(folder, "terraform.rc");
    const { mirror } = provider as NonNullable<typeof provider>;
    writeFileSync(configuration, `provider_installation { filesystem_mirror { path = "${mirror}" } }\n`);
    const env = { ...process.env, TF_CLI_CONFIG_FILE: configuration, CHECKPOINT_DISABLE: "1" };
    execFileSync("terraform", ["init", "-input=false", "-no-color"], { cwd, env, stdio: "pipe" });
    const said = execFileSync("terraform", ["validate", "-no-color"], { cwd, env, encoding: "utf8" });
    expect(said).toContain("The configuration is valid");
  });
});
