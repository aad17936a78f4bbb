/** The folder of `unattended template`, checked with a validator for the Amazon States Language and an unzip tool. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import validateAsl from "asl-validator";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { iamPolicy } from "../../src/audit/iam.ts";
import { parseGates } from "../../src/gates/read.ts";
import { functionPolicy } from "../../src/unattended/policy.ts";
import { type MemoryWorld, memoryWorld, runCommand, words } from "../fakes/memory-world.ts";

const ONE = readFileSync(new URL("../fixtures/keyturn.yaml", import.meta.url), "utf8");
const GATE = `    distributions: [E2]
    keyGroups: [group-2]
    secret: shop/key
    cookie: { resource: 'https://shop.example.com/*', ttl: 15m }
    canaries: { E2: https://shop.example.com/canary }
`;
const TWO = `${ONE}
  web-shop:
    assumeRole: arn:aws:iam::222222222222:role/keyturn
    region: us-west-2
${GATE}`;

async function written(line: string, text = ONE, world: MemoryWorld = worldOf(text)) {
  const ran = await runCommand(words(`unattended template -o out ${line}`), world);
  const file = (name: string) => world.files.text(`out/${name}`);
  const json = (name: string) => JSON.parse(file(name));
  return { ...ran, world, file, json };
}
const inTemplate = (name: string) => `\${${name}}`;
const worldOf = (text: string) => memoryWorld({ files: { "keyturn.yaml": text } });

describe("keyturn unattended template", () => {
  it("writes a state machine that a validator accepts, the same in both formats", async () => {
    const machine = (await written("")).json("state-machine.asl.json");
    const filled = JSON.parse(
      JSON.stringify(machine)
        .replaceAll(inTemplate("FunctionArn"), "arn:aws:lambda:eu-west-1:111122223333:function:keyturn")
        .replaceAll(inTemplate("TopicArn"), "arn:aws:sns:eu-west-1:111122223333:keyturn")
        .replaceAll(inTemplate("Partition"), "aws"),
    );
    const { isValid, errorsText } = validateAsl(filled);
    expect(errorsText()).not.toContain("data/");
    expect(isValid).toBe(true);
    const { Resources } = (await written("")).json("template.json");
    expect(Resources.Machine.Properties.Definition).toEqual(machine);
    expect((await written("--format terraform")).json("state-machine.asl.json")).toEqual(machine);
  });

  it("has one function and one state machine, and two schedules per gate", async () => {
    const { Resources } = (await written("", TWO)).json("template.json");
    const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
    const count = (type: string) => types.filter((each) => each === type).length;
    expect(count("AWS::Lambda::Function")).toBe(1);
    expect(count("AWS::StepFunctions::StateMachine")).toBe(1);
    expect(count("AWS::Scheduler::Schedule")).toBe(4);
    expect(count("AWS::CloudWatch::Alarm")).toBe(3 + 2 * 3);
    expect(Resources.Function.Properties).toMatchObject({
      ...{ Runtime: "nodejs24.x", Architectures: ["arm64"], ReservedConcurrentExecutions: 1 },
    });
    const target = Resources.StartWebShop.Properties.Target;
    const input = JSON.parse(target.Input["Fn::Sub"]);
    expect(JSON.parse(input.Input)).toEqual({ gate: "web-shop", kind: "start", every: 30 * 86_400 });
    expect(input.Name).toBe("web-shop_start_<aws.scheduler.execution-id>");
  });

  it("allows the function what iam prints for it, and for a gate in another account only to assume its role", async () => {
    const gates = parseGates(TWO, "keyturn.yaml");
    const [reader, shop] = [...gates.values()] as [never, never];
    const policy = functionPolicy([reader, shop], {});
    const own = iamPolicy(reader, { role: "unattended", region: "eu-west-1" }).policy.Statement;
    expect(policy.map(({ Action, Resource }) => ({ Action, Resource }))).toEqual([
      ...own.map(({ Action, Resource }) => ({ Action, Resource: [Resource].flat() })),
      { Action: ["sts:AssumeRole"], Resource: ["arn:aws:iam::222222222222:role/keyturn"] },
    ]);
    const { Resources } = (await written("", TWO)).json("template.json");
    const [{ PolicyDocument }] = Resources.FunctionRole.Properties.Policies;
    expect(PolicyDocument.Statement.slice(0, -1)).toEqual(policy);
    for (const { Action } of PolicyDocument.Statement) {
      expect([Action].flat().filter((action) => action.includes("*"))).toEqual([]);
    }
  });

  it.each(["cfn", "terraform"])("writes the same bytes every time (%s)", async (format) => {
    const [first, second] = [await written(`--format ${format}`), await written(`--format ${format}`)];
    for (const name of first.world.files.names()) {
      expect(second.world.files.text(name), name).toBe(first.world.files.text(name));
    }
    const again = await written(`--format ${format}`, ONE, first.world);
    expect(again.exitCode).toBe(0);
    expect(again.world.files.names()).toEqual(second.world.files.names());
  });

  it("packs the function and keyturn.yaml into a file named by its content's hash", async () => {
    const { world, json } = await written("");
    const name = Object.keys(json(".keyturn-unattended.json").files).find((each) => each.endsWith(".zip"));
    const bytes = await world.files.read(`out/${name}`);
    const sum = createHash("sha256").update(bytes).digest("hex");
    expect(name).toBe(`function-${sum.slice(0, 12)}.zip`);
    const inside = unzipSync(bytes);
    expect(Object.keys(inside)).toEqual(["index.js", "keyturn.yaml"]);
    expect(Buffer.from(inside["keyturn.yaml"] ?? []).toString()).toBe(ONE);
  });

  it("replaces what it wrote, removes an outdated package, and keeps other people's files", async () => {
    const { world } = await written("");
    const before = world.files.names();
    world.files.put("out/terraform.tfstate", "state");
    world.files.put("keyturn.yaml", `${ONE}# another comment\n`);
    const { exitCode } = await written("--every 60d", ONE, world);
    expect(exitCode).toBe(0);
    const after = world.files.names();
    expect(after).toHaveLength(before.length + 1);
    expect(world.files.text("out/terraform.tfstate")).toBe("state");
  });

  it.each([
    ["a file of somebody else", (world: MemoryWorld) => world.files.put("out/notes.md", "mine"), "notes.md"],
    [
      "a file that somebody changed",
      async (world: MemoryWorld) => {
        await written("", ONE, world);
        world.files.put("out/template.json", "{}");
      },
      "template.json",
    ],
  ])("refuses a folder with %s, and loses nothing with --force", async (_, put, name) => {
    const world = worldOf(ONE);
    await put(world);
    const before = world.files.text(`out/${name}`);
    const refused = await written("", ONE, world);
    expect(refused).toMatchObject({ stdout: "", exitCode: 3 });
    expect(refused.stderr).toContain(name);
    expect(world.files.text(`out/${name}`)).toBe(before);
    expect((await written("--force", ONE, world)).exitCode).toBe(0);
    const kept = [name, `${name}.orig`].map((each) => world.files.text(`out/${each}`));
    expect(kept).toContain(before);
  });

  it.each([
    ["--every 1h", "too short"],
    ["--every soon", "not a duration"],
    ["--start-at daily", "not a schedule"],
    ["--name key_turn", "is not valid"],
    ["--kms-key alias/app", "not the ARN of a KMS key"],
    ["--gate nowhere", "no gate"],
  ])("refuses %s", async (line, message) => {
    const { stderr, stdout, exitCode, world } = await written(line);
    expect(stderr).toContain(message);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(world.files.names()).toEqual(["keyturn.yaml"]);
  });

  it("refuses two gates that would have the same name in AWS", async () => {
    const text = `gates:\n  web-shop:\n${GATE}  web.shop:\n${GATE}`;
    const { stderr, exitCode } = await written("", text);
    expect(stderr).toContain("have the same name in a template");
    expect(exitCode).toBe(2);
  });

  it("reports which gates need people in each rotation", async () => {
    const text = ONE.replace(/cacheTtl: .*/, "cacheTtl: until-restart");
    const { stdout } = await written("--json", text);
    expect(JSON.parse(stdout).result.needsPeople).toMatchObject([{ gate: "reader" }]);
  });
});
