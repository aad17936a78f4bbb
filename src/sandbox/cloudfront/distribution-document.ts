/** Reading a DistributionConfig: its cache behaviors, and the key groups that they trust. */
import { child, itemsAt, textAt, type XmlElement } from "./xml.ts";

/** In the order CloudFront tries them, the default behavior last. */
export function behaviorsOf(config: XmlElement): readonly XmlElement[] {
  const last = child(config, "DefaultCacheBehavior");
  return [...itemsAt(config, "CacheBehaviors"), ...(last === undefined ? [] : [last])];
}

export function elementTexts(items: readonly XmlElement[]): readonly string[] {
  return items.map(({ text }) => text);
}

/** One behavior's key groups. A list that is not Enabled trusts no group. */
export function keyGroupsOf(behavior: XmlElement): readonly string[] {
  if (textAt(behavior, "TrustedKeyGroups", "Enabled") !== "true") return [];
  return elementTexts(itemsAt(behavior, "TrustedKeyGroups"));
}

/** The distribution's key groups, each once. */
export function trustedKeyGroupIds(config: XmlElement): readonly string[] {
  return [...new Set(behaviorsOf(config).flatMap(keyGroupsOf))];
}

export function aliasesOf(config: XmlElement): readonly string[] {
  return elementTexts(itemsAt(config, "Aliases"));
}

export const isTrue = (text: string | undefined): boolean => text === "true";
