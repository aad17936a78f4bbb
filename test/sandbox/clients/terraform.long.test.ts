/** Terraform's AWS provider against the sandbox: apply, empty plan, update, destroy; and `config init` in between. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { pair, pkcs8, spki } from "../../audit/account.ts";
import { configAccepted } from "../../audit/config-accepted.ts";
import { memoryWorld, runCommand, words } from "../../fakes/memory-world.ts";
import { pathOf, skipped } from "../../fakes/needs.ts";
import { findProvider } from "../../fakes/terraform-provider.ts";
import { sameDraft } from "../../gates/same-draft.ts";
import { serveAccount } from "./served.ts";

/** The provider alone uses a core for half a minute: too much for every local run. */
const isWanted = Boolean(process.env.CI ?? process.env.TERRAFORM_TESTS);
const provider = pathOf("terraform") === undefined || !isWanted ? undefined : findProvider()?.program;
const withProvider = !isWanted
  ? skipped("slow; runs with CI=true or TERRAFORM_TESTS=1")
  : provider === undefined
    ? skipped("needs terraform and its AWS provider in a local mirror")
    : describe;

/**
 * One provider process serves all commands, because starting it is most of what a command costs. Its output is read to
 * the end: it writes once more after the awaited line, and a closed pipe would kill it with SIGPIPE.
 */
function startProvider(path: string): Promise<{ child: ChildProcess; reattach: string }> {
  const { AWS_CA_BUNDLE: _, ...env } = process.env;
  const child = spawn(path, ["-debug"], { env, stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const reattach = /TF_REATTACH_PROVIDERS='(.*)'/.exec(said)?.[1];
      if (reattach !== undefined) resolve({ child, reattach });
    });
    child.once("error", reject);
    child.once("close", () => reject(new Error("the provider ended before it could be reached")));
  });
}

withProvider("Terraform", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-terraform-"));
  let child: ChildProcess | undefined;
  afterAll(() => {
    child?.kill();
    rmSync(folder, { recursive: true });
  });

  it("applies, plans no changes, updates and destroys two keys, a group, a distribution and a secret", async () => {
    const served = await serveAccount();
    const { account } = served;
    const started = await startProvider(provider as string);
    child = started.child;
    writeFileSync(join(folder, "one.pem"), spki(pair(0).publicKey));
    writeFileSync(join(folder, "two.pem"), spki(pair(1).publicKey));
    writeFileSync(join(folder, "key.pem"), pkcs8(pair(0).privateKey));
    copyFileSync(fileURLToPath(new URL("site.tf", import.meta.url)), join(folder, "site.tf"));
    const terraform = async (command: string, comment: string, enabled: boolean, ...flags: string[]) => {
      const values = { endpoint: served.url, comment, enabled, keys: folder };
      const variables = Object.entries(values).map(([name, value]) => `-var=${name}=${value}`);
      const line = [command, "-no-color", "-input=false", ...flags, ...(command === "init" ? [] : variables)];
      const env = { ...process.env, TF_REATTACH_PROVIDERS: started.reattach, CHECKPOINT_DISABLE: "1" };
      return promisify(execFile)("terraform", line, { cwd: folder, env });
    };
    const shown = async () =>
      (
        await promisify(execFile)("terraform", ["show", "-json"], {
          cwd: folder,
          env: { ...process.env, TF_REATTACH_PROVIDERS: started.reattach },
        })
      ).stdout;
    const held = () => {
      const { publicKeys, keyGroups, distributions } = account.cloudFront.state;
      return [publicKeys.size, keyGroups.size, distributions.size, account.secrets.state.secrets.size];
    };
    const secret = () => JSON.parse(account.secrets.text("signer") ?? "") as { comment: string };

    await terraform("init", "", true);
    await terraform("apply", "first", true, "-auto-approve");
    expect(held()).toEqual([2, 1, 1, 1]);
    expect(secret().comment).toBe("first");
    const [group] = account.cloudFront.state.keyGroups.values();
    const { yaml, keyPairId } = await configAccepted(
      memoryWorld({ cloud: account.handler, now: Math.floor(Date.now() / 1000) }),
    );
    expect(keyPairId).toBe(group?.config.items[0]);
    expect(yaml).toContain("id: signer");
    expect(yaml).toContain("ownership: terraform");
    const offline = await runCommand(
      words("config init --from-terraform site.json --out -"),
      memoryWorld({ files: { "site.json": await shown() } }),
    );
    expect(sameDraft(offline.stdout)).toEqual(sameDraft(yaml));
    // Exits with 2, and so rejects, if anything differs.
    await terraform("plan", "first", true, "-detailed-exitcode");
    await terraform("apply", "second", false, "-auto-approve");
    expect(held()).toEqual([2, 1, 1, 1]);
    expect(secret().comment).toBe("second");
    const [changed] = account.cloudFront.state.keyGroups.values();
    expect(changed?.config.comment).toBe("second");
    await terraform("destroy", "second", false, "-auto-approve");
    expect(held()).toEqual([0, 0, 0, 0]);
    expect(served.bugs).toEqual([]);
    await served.close();
  }, 1_200_000);
});
