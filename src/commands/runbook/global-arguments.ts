/** Global flags of `runbook run` also apply to the commands that it runs. */
import type { GlobalFlags } from "../../cli/global-flags.ts";

export function globalArguments({ config, profile, region, endpointUrl }: GlobalFlags): readonly string[] {
  const named = {
    "--config": config,
    "--profile": profile,
    "--region": region,
    "--endpoint-url": endpointUrl,
  };
  return Object.entries(named).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
}
