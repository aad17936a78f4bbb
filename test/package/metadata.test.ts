/**
 * Metadata in the repository that GitHub and Docker read: action.yml, and the Dockerfile checked against hadolint's
 * rules.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT } from "./tarball.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

describe("action.yml", () => {
  const action = parse(read("action.yml"));

  it("has only members of GitHub's metadata syntax, and describes each input and output", () => {
    expect(Object.keys(action).toSorted()).toEqual([
      ...["branding", "description", "inputs", "name", "outputs", "runs"],
    ]);
    for (const [name, input] of Object.entries<Record<string, unknown>>(action.inputs)) {
      const known = ["default", "deprecationMessage", "description", "required"];
      expect([name, Object.keys(input).filter((each) => !known.includes(each))]).toEqual([name, []]);
      expect([name, input.description]).toEqual([name, expect.stringMatching(/\S/)]);
      expect([name, input.required === true || typeof input.default === "string"]).toEqual([name, true]);
    }
    for (const output of Object.values<object>(action.outputs))
      expect(output).toEqual({ description: expect.stringMatching(/\S/) });
    expect(action.runs).toEqual({ using: "node24", main: "bin/action.js" });
    expect(existsSync(join(ROOT, action.runs.main))).toBe(true);
  });

  it("has an icon and a color that GitHub's Marketplace has", () => {
    // All of Feather's icons except these, in eight colors (docs.github.com, "Metadata syntax", branding).
    const missing =
      "coffee columns divide-circle divide-square divide frown hexagon key meh mouse-pointer".split(" ");
    expect([...missing, "smile", "tool", "x-octagon"]).not.toContain(action.branding.icon);
    expect("white black yellow blue green orange red purple gray-dark".split(" ")).toContain(
      action.branding.color,
    );
  });
});

describe("the Dockerfile", () => {
  const lines = read("Dockerfile")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => /^([A-Z]+) (.*)$/.exec(line)?.slice(1) as [instruction: string, argument: string]);
  const of = (instruction: string) =>
    lines.filter(([each]) => each === instruction).map(([, argument]) => argument);

  it("pins its base images to a Node version that CI tests", () => {
    const tested = /^for line in (.*); do$/m.exec(read(".ci/run"))?.[1]?.split(" ") ?? [];
    for (const base of of("FROM")) {
      const [, major = ""] = /^node:(\d+)-slim(?: AS \w+)?$/.exec(base) ?? [];
      expect(tested).toContain(major);
    }
    expect(of("FROM")).toHaveLength(2);
  });

  it("runs keyturn as an unprivileged user, from an absolute folder", () => {
    const lastOf = (instruction: string) => lines.findLastIndex(([each]) => each === instruction);
    expect(lastOf("USER")).toBeGreaterThan(lastOf("RUN"));
    expect(of("USER").at(-1)).toBe("node");
    expect(of("WORKDIR").every((folder) => folder.startsWith("/"))).toBe(true);
    expect(JSON.parse(of("ENTRYPOINT")[0] ?? "")).toEqual(["keyturn"]);
    expect(of("ADD")).toEqual([]);
  });

  it("copies exactly what the package contains, and keeps secrets and build output out of the build context", () => {
    const copied = of("COPY").map((each) => /^--from=build \/keyturn\/(\w+) /.exec(each)?.[1]);
    const packed = JSON.parse(read("package.json")).files.filter((each: string) => !each.startsWith("!"));
    expect(new Set(copied.filter(Boolean))).toEqual(
      new Set(packed.map((each: string) => each.split("/")[0])),
    );
    const ignored = read(".dockerignore").split("\n");
    for (const each of [".git", "node_modules", "dist", "*.pem", "keyturn.yaml"]) {
      expect(ignored).toContain(each);
    }
  });
});
