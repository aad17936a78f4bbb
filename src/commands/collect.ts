/** Collects the values of a repeatable option. */
export const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];
