/** `--sql` and `--ddl`: what would be asked or made, printed instead. Reads no log; asks the account only for the gate. */
import { UsageError } from "../errors.ts";
import type { World } from "../seams.ts";
import { askedOf, type LogFlags, questionsOf } from "./answer-logs.ts";
import { textsOf } from "./ask.ts";
import { athenaDdl, databaseFor } from "./athena-ddl.ts";
import { insightsText } from "./insights-text.ts";
import { logSetting } from "./setting.ts";
import type { LogWords } from "./words.ts";

export interface TextFlags extends LogFlags {
  readonly sql?: boolean;
  readonly ddl?: boolean;
  readonly engine?: "duckdb" | "athena" | "insights";
  readonly location?: string;
  readonly database?: string;
  readonly hive?: boolean;
}
export interface PrintedTexts {
  readonly engine: string;
  readonly texts: Readonly<Record<string, string>>;
}
type Needs = Pick<World, "files" | "env" | "cwd" | "cloud" | "clock">;

/** Undefined where answers are asked for. Throws ERR_USAGE, and what reading keyturn.yaml throws. */
export async function printedTexts(
  words: LogWords,
  flags: TextFlags,
  world: Needs,
): Promise<PrintedTexts | undefined> {
  if (flags.ddl) return ddl(flags, world);
  if (flags.engine === "insights" || flags.sql) return sql(words, flags, world);
  return undefined;
}

async function sql(words: LogWords, flags: TextFlags, world: Needs): Promise<PrintedTexts> {
  const { engine = "athena" } = flags;
  const asked = askedOf(words, flags);
  const questions = questionsOf(words);
  if (engine === "insights") {
    const texts = questions.flatMap(({ name }) => {
      const text = insightsText(name, { ...asked, bucket: asked.bucket ?? "hour" });
      return text === undefined ? [] : [[name, text] as const];
    });
    if (texts.length > 0) return { engine, texts: Object.fromEntries(texts) };
    throw new UsageError("ERR_USAGE", `CloudWatch Logs Insights cannot answer ${questions[0]?.name}`, [
      `keyturn logs ${questions[0]?.name} --sql (for Athena)`,
    ]);
  }
  const { marks } = await logSetting({ ...flags, offline: flags.offline ?? flags.gate === undefined }, world);
  return { engine, texts: Object.fromEntries(textsOf({ questions, asked, marks })) };
}

async function ddl(flags: TextFlags, world: Needs): Promise<PrintedTexts> {
  const { format = "v1", location } = flags;
  if (location === undefined || !/^s3:\/\/[a-z0-9.-]{3,63}\/(?:[\w!.*()/=-]*\/)?$/.test(location)) {
    throw new UsageError("ERR_USAGE", "--ddl needs the folder in S3 that holds the logs", [
      "--location s3://BUCKET/PREFIX/ (v1)",
      "--format json --location s3://BUCKET/AWSLogs/ACCOUNT/CloudFront/ (v2: the folder above the distribution's)",
    ]);
  }
  const { gate, view, unasked } = await logSetting(flags, world);
  if (format !== "v1" && gate === undefined) {
    throw new UsageError("ERR_USAGE", "a table of v2 logs is made for a gate's distributions", [
      "keyturn logs --ddl --gate NAME --format json --location s3://BUCKET/PREFIX/",
    ]);
  }
  const made = athenaDdl({
    database: flags.database ?? databaseFor(gate?.name),
    format,
    location,
    distributions: gate?.distributions ?? [],
    isHiveStyle: flags.hive === true,
    year: new Date(world.clock.now() * 1000).getUTCFullYear(),
    view,
  });
  const told: Record<string, string> =
    unasked === undefined ? {} : { note: `-- the account was not read: ${unasked}` };
  return { engine: "athena", texts: { ...told, ...made } };
}
