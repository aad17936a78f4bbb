/** What infrastructure as code declares about signing: CloudFormation, SAM and CDK templates, and Terraform's JSON. */
import type { Distribution, ForwardingPolicy, Origin } from "../cloudfront/distribution.ts";
import type { Sealed } from "../sealed.ts";

/**
 * A key group, public key, policy or distribution that is not deployed has no ID yet: its address is used instead.
 */
export interface Declared {
  /** Where the file declares it: a logical ID, or Terraform's resource address. */
  readonly address: string;
  /** CloudFront's ID if the file knows it; otherwise the address. References between resources use it. */
  readonly id: string;
  readonly isIdKnown: boolean;
}

export interface DeclaredDistribution extends Distribution, Declared {
  readonly origins: readonly DeclaredOrigin[];
}

export interface DeclaredOrigin extends Origin {
  /** With their values, which are secrets; undefined if the file does not have the value. */
  readonly customHeaders: readonly { readonly name: string; readonly value: Sealed<string> | undefined }[];
}

interface DeclaredKeyGroup extends Declared {
  readonly name: string;
  /**
   * IDs of public keys as in `Declared.id`; `unresolved:` and a phrase for a member whose value is not in the file.
   */
  readonly items: readonly string[];
  readonly comment: string;
}

interface DeclaredPublicKey extends Declared {
  readonly name: string;
  /** SPKI PEM as declared, not checked; undefined if the file does not have it. */
  readonly encodedKey: string | undefined;
  readonly comment: string;
}

export interface DeclaredPolicy extends ForwardingPolicy, Declared {
  readonly kind: "cache" | "origin-request";
}

interface DeclaredSecret extends Declared {
  /** Undefined if CloudFormation chooses it. */
  readonly name: string | undefined;
}

/**
 * A value that is known only after deployment: `Fn::ImportValue shared-key-group` at
 * `Site.CacheBehaviors[0].TrustedKeyGroups[0]`.
 */
export interface UnresolvedValue {
  readonly where: string;
  readonly what: string;
  /** The template parameter that would supply it, if any. */
  readonly parameter?: string;
}

export interface Declaration {
  readonly format: "cloudformation" | "terraform-plan" | "terraform-state";
  readonly distributions: readonly DeclaredDistribution[];
  readonly keyGroups: readonly DeclaredKeyGroup[];
  readonly publicKeys: readonly DeclaredPublicKey[];
  readonly policies: readonly DeclaredPolicy[];
  readonly secrets: readonly DeclaredSecret[];
  /** The content of secrets, if the file has it, by the secret's ID, name or address. */
  readonly secretValues: readonly { readonly secret: string; readonly value: Sealed<string> }[];
  /** CDK wrote the template: its users change TypeScript. */
  readonly isCdk: boolean;
  /** Only values that signing depends on. */
  readonly unresolved: readonly UnresolvedValue[];
}
