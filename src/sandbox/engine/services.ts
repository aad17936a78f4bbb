/** The APIs that describe a deployment. */
import type { Service } from "../service.ts";
import { alarmsService } from "./alarms.ts";
import type { DeployedEngine } from "./deployed-engine.ts";
import { functionsService } from "./functions.ts";
import { machinesService } from "./machines.ts";
import { schedulesService } from "./schedules.ts";
import { topicsService } from "./topics.ts";

export function engineServices(engine: DeployedEngine): readonly Service[] {
  const services = [machinesService, functionsService, schedulesService, alarmsService, topicsService];
  return services.map((service) => service(engine));
}
