/**
 * Fill patterns: whatever differs in color also differs in pattern. Included once per page; every drawing refers to
 * them.
 */
import { Html } from "./html.ts";

const stripes = (id: string, size: number, look: string, angle: number) =>
  `<pattern id="${id}" width="${size}" height="${size}" patternUnits="userSpaceOnUse" patternTransform="rotate(${angle})"><rect class="${look}-under" width="${size}" height="${size}"/><rect class="${look}-over" width="${size / 2}" height="${size}"/></pattern>`;

export const DEFS = new Html(
  `<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>${[
    stripes("p-wait", 8, "p-wait", 45),
    stripes("p-old", 5, "p-old", 45),
    stripes("p-edge", 5, "p-edge", -45),
    stripes("p-app", 6, "p-app", 0),
    stripes("p-refused", 6, "p-refused", 135),
    '<pattern id="p-other" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="p-other-under" width="5" height="5"/><circle class="p-other-over" cx="2.5" cy="2.5" r="1.4"/></pattern>',
    '<pattern id="p-nothing" width="8" height="8" patternUnits="userSpaceOnUse"><circle class="p-nothing-over" cx="4" cy="4" r="1"/></pattern>',
  ].join("")}</defs></svg>`,
);
