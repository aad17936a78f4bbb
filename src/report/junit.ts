/** JUnit XML, in the dialect that Jenkins, GitLab and other common readers agree on. */

export interface JunitCase {
  readonly name: string;
  readonly failure?: { readonly message: string; readonly text: string };
  /** Could not be tested: not a failure. */
  readonly error?: string;
  readonly skipped?: string;
}
export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

export function junitXml(name: string, suites: readonly JunitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(name)}" ${countsOf(all)}>`,
    ...suites.flatMap(suiteXml),
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteXml({ name, cases }: JunitSuite): string[] {
  return [
    `  <testsuite name="${escapeXml(name)}" ${countsOf(cases)} skipped="${cases.filter(({ skipped }) => skipped !== undefined).length}">`,
    ...cases.flatMap((each) => caseXml(name, each)),
    "  </testsuite>",
  ];
}

function caseXml(suite: string, { name, failure, error, skipped }: JunitCase): string[] {
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"`;
  if (failure !== undefined) {
    const { message, text } = failure;
    return [
      `${open}>`,
      `      <failure message="${escapeXml(message)}">${escapeXml(text)}</failure>`,
      "    </testcase>",
    ];
  }
  if (error !== undefined)
    return [`${open}>`, `      <error message="${escapeXml(error)}"/>`, "    </testcase>"];
  if (skipped !== undefined)
    return [`${open}>`, `      <skipped message="${escapeXml(skipped)}"/>`, "    </testcase>"];
  return [`${open}/>`];
}

function countsOf(cases: readonly JunitCase[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const errors = cases.filter(({ error }) => error !== undefined).length;
  return `tests="${cases.length}" failures="${failures}" errors="${errors}"`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\t": "&#9;",
};

/** Characters that XML 1.0 cannot represent become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>"\n\t]/g, (character) => ENTITIES[character] as string);
}
