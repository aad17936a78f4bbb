/** Every page of one of AWS's lists. */

export interface ApiPage<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

export async function allPages<T>(
  page: (token: string | undefined) => Promise<ApiPage<T>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items = [], next } = await page(token);
    all.push(...items);
    token = next || undefined;
  } while (token !== undefined);
  return all;
}
