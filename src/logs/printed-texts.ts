/**
 * `--sql` and `--ddl`: print the queries or the table instead of running them; with --yes the table is created too.
 */
import { UsageError } from "../errors.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import type { Gate } from "../gates/gate.ts";
import type { World } from "../seams/world.ts";
import { givenOptionsOf, type LogFlags, questionsOf } from "./answer-logs.ts";
import { queriesOf } from "./ask.ts";
import { PER_TERABYTE } from "./ask-athena.ts";
import { athenaDdl, usualTemplate } from "./athena-ddl.ts";
import { type AthenaTable, athenaTable, gateLayout, type TableLayout, tableForm } from "./athena-tables.ts";
import { insightsText } from "./insights-text.ts";
import { logSetting } from "./setting.ts";
import { gateDestinations } from "./where.ts";
import type { LogWords } from "./words.ts";

export interface TextFlags extends LogFlags {
  readonly sql?: boolean;
  readonly ddl?: boolean;
  readonly location?: string;
  readonly hive?: boolean;
}
export interface PrintedTexts {
  readonly engine: string;
  readonly texts: Readonly<Record<string, string>>;
}
type Needs = Pick<World, "files" | "env" | "cwd" | "cloud" | "logCloud" | "clock" | "terminal">;

/** Undefined if the flags ask for answers instead. Throws ERR_USAGE, and what reading keyturn.yaml throws. */
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
  const asked = givenOptionsOf(words, flags);
  const questions = questionsOf(words);
  const { marks, view } = await logSetting(
    { ...flags, offline: flags.offline ?? flags.gate === undefined },
    world,
  );
  if (engine === "insights") {
    const texts = questions.flatMap(({ name }) => {
      const text = insightsText(name, { ...asked, bucket: asked.bucket ?? "hour" }, view);
      return text === undefined ? [] : [[name, text] as const];
    });
    if (texts.length > 0) return { engine, texts: Object.fromEntries(texts) };
    throw new UsageError("ERR_USAGE", `CloudWatch Logs Insights cannot answer ${questions[0]?.name}`, [
      "Athena can:",
      `keyturn logs ${questions[0]?.name} --sql`,
    ]);
  }
  return { engine, texts: Object.fromEntries(queriesOf({ questions, asked, marks })) };
}

async function ddl(flags: TextFlags, world: Needs): Promise<PrintedTexts> {
  const { gate, view, unasked } = await logSetting(flags, world);
  const layout = await layoutOf(gate, flags, world);
  const table = athenaTable(gate, flags);
  const made = athenaDdl({
    database: table.database,
    ...layout,
    distributions: gate?.distributions ?? [],
    year: new Date(world.clock.now() * 1000).getUTCFullYear(),
    view,
  });
  if (flags.yes) await create(made, table, gate, flags, world);
  const told: Record<string, string> =
    unasked === undefined ? {} : { note: `-- the account was not read: ${unasked}` };
  return { engine: "athena", texts: { ...told, cost: costText(layout), ...made } };
}

async function layoutOf(gate: Gate | undefined, flags: TextFlags, world: Needs): Promise<TableLayout> {
  const { format = "v1", location } = flags;
  if (location === undefined && gate !== undefined && !flags.offline)
    return gateLayout(gate, await gateDestinations(gate, flags, world), flags);
  if (location === undefined || !/^s3:\/\/[a-z0-9.-]{3,63}\/(?:[\w!.*()/=-]*\/)?$/.test(location)) {
    throw new UsageError("ERR_USAGE", "--ddl needs the folder in S3 that holds the logs", [
      "--location s3://BUCKET/PREFIX/ (v1)",
      "--format json --location s3://BUCKET/AWSLogs/ACCOUNT/CloudFront/ (v2: the folder above the distribution's)",
    ]);
  }
  if (format !== "v1" && gate === undefined) {
    throw new UsageError("ERR_USAGE", "a table of v2 logs is made for a gate's distributions", [
      "keyturn logs --ddl --gate NAME --format json --location s3://BUCKET/PREFIX/",
    ]);
  }
  const template = format === "v1" ? "" : usualTemplate(flags.hive === true);
  return { ...tableForm(format, flags), location, template };
}

/** As comments: Athena charges by what a query reads. */
function costText({ format, template }: TableLayout): string {
  const lines =
    format === "v1"
      ? [
          "v1 keeps all objects in one folder, so the table has no partitions:",
          "your own queries of the view logs read all of it.",
          "`keyturn logs --engine athena --since 1d` opens only objects of those hours,",
          'by the hour in their "$path".',
        ]
      : /\$\{day\}/.test(template)
        ? [
            "Partitions are by day: name the days in your own queries, as",
            "`keyturn logs --engine athena --since 1d` does.",
          ]
        : [
            "The folders do not show the day, so the table has no partitions by time:",
            "every query reads all of it.",
          ];
  return [...lines, `Athena charges about ${PER_TERABYTE} USD for each TB that it reads.`]
    .map((line) => `-- ${line}`)
    .join("\n");
}

/** One statement at a time, as Athena requires. Existing objects stay as they are, except the view. */
async function create(
  made: Readonly<Record<string, string>>,
  table: AthenaTable,
  gate: Gate | undefined,
  flags: TextFlags,
  { logCloud, terminal, env }: Needs,
): Promise<void> {
  const cloud = await logCloud(cloudOptionsOf(flags, env, gate));
  const account = gate?.account === undefined ? "" : `, account ${gate.account}`;
  terminal.note(
    `${cloud.where}${account}: creating database ${table.database} with table lines and view logs, unless they exist; the view is replaced`,
  );
  const warehouse = await cloud.warehouse();
  for (const sql of Object.values(made)) await warehouse.run(sql, table);
}
