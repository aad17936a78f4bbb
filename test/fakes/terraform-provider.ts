/** Terraform's AWS provider, installed without Terraform's registry. */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const MIRRORS = [
  process.env.TERRAFORM_PLUGINS,
  join(homedir(), ".terraform.d/plugins"),
  "/usr/local/share/terraform/plugins",
  "/opt/tf-plugins",
];

/** The provider's program, and the mirror folder that contains it. */
export function findProvider(): { readonly program: string; readonly mirror: string } | undefined {
  for (const mirror of MIRRORS) {
    if (mirror === undefined || !existsSync(mirror)) continue;
    const names = readdirSync(mirror, { recursive: true, encoding: "utf8" });
    const found = names.find(
      (name) => /(^|\/)terraform-provider-aws_[^/]*$/.test(name) && !name.endsWith(".zip"),
    );
    if (found !== undefined) return { program: join(mirror, found), mirror };
  }
  return undefined;
}
