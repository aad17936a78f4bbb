/** Runs every row of a large table in one test, and names those that fail. */

/** `name: message` for each row whose check throws or rejects, `[]` if all pass. Rows run in order. */
export async function failingRows<Row>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  check: (row: Row) => unknown,
): Promise<string[]> {
  if (rows.length === 0) throw new Error("a table without rows proves nothing");
  const failing: string[] = [];
  for (const row of rows) {
    try {
      await check(row);
    } catch (thrown) {
      failing.push(`${nameOf(row)}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  return failing;
}
