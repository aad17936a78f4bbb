/** Options of `keyturn sandbox --origin`: the edge in front of your own application. */
import type { Command } from "commander";
import { parameterOf } from "../iac/parameters.ts";
import { parseSeconds } from "../sandbox/options.ts";
import {
  parseConnectionAttempts,
  parseConnectionTimeout,
  parseHost,
  parseOrigin,
  parseOriginRequestPolicy,
  parseOriginTimeout,
  parseProtect,
  parsePublicKeyWithId,
} from "../sandbox/proxy/proxy-plan.ts";

export const withProxyOptions = (command: Command) =>
  command
    .option(
      "--origin <url>",
      "put the edge in front of this application: http://127.0.0.1:3000; ID=URL for one origin of a template, repeatable",
      parseOrigin,
    )
    .option(
      "--protect <patterns>",
      "path patterns that need a signature: '/api/*,/media/*'; default: everything",
      parseProtect,
    )
    .option("--host <name>", "the edge's host name; default: app.keyturn.localhost", parseHost)
    .option(
      "--public-key <file=id>",
      "trust this key under this key pair ID, for cookies that the backend already signs; repeatable",
      parsePublicKeyWithId,
    )
    .option(
      "--from-template <file>",
      "behaviors, key groups and keys as a CloudFormation, SAM or CDK template or terraform show -json declares them; - is stdin",
    )
    .option(
      "--parameter <name=value>",
      "with --from-template: a parameter that has no default; repeatable",
      parameterOf,
    )
    .option("--from-account", "behaviors, key groups and keys as in the AWS account; nothing is written")
    .option("--distribution <id>", "which distribution, if there are several: its ID, domain name or alias")
    .option(
      "--own-key",
      "also trust a key of the sandbox's own, for a backend without production's private key",
    )
    .option(
      "--origin-request-policy <name>",
      "managed origin request policy of the protected paths: AllViewer, AllViewerExceptHostHeader, ...; default: AllViewer",
      parseOriginRequestPolicy,
    )
    .option(
      "--origin-timeout <time>",
      "how long the edge waits for the application before it answers 504; default: as declared, else 30s",
      parseOriginTimeout,
    )
    .option(
      "--connection-timeout <time>",
      "time limit of one attempt to connect; default: as declared, else 10s",
      parseConnectionTimeout,
    )
    .option(
      "--connection-attempts <count>",
      "attempts to connect, and to get an answer to GET or HEAD; default: as declared, else 3",
      parseConnectionAttempts,
    )
    .option("--explain", "put the true reason of a denial into x-keyturn-reason")
    .option(
      "--run <command>",
      "run this line in a shell behind the edge, stop, and end with its exit code: for CI",
    )
    .option(
      "--wait <time>",
      "with --run: how long to wait for the application; 0s if the command starts it; default: 10s",
      parseSeconds,
    );
