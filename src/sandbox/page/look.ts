/** The page's style and its one script: it fetches the page and swaps in the changes. Without scripts a meta refresh does. */
import { Html } from "./html.ts";

export const STYLE = new Html(`
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; --warn: #d29922; } }
body { font: 14px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem 1.5rem 4rem; max-width: 82rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1rem; margin: 1.6rem 0 .4rem; } h3 { font-size: .9rem; margin: .6rem 0 .2rem; }
header p, .counts { margin: .2rem 0; opacity: .8; }
code { font: 12px ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; opacity: .7; }
th, td { padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 2rem; }
.yes { color: var(--good); } .no { opacity: .5; } .denied { color: var(--bad); } .refused { color: var(--warn); }
section { overflow-x: auto; } #requests td { white-space: nowrap; } #requests .target { white-space: normal; width: 100%; min-width: 16rem; overflow-wrap: anywhere; }
#gone { color: var(--bad); font-weight: 600; }
.label { border: 1px solid var(--line); border-radius: 4px; padding: 0 .3rem; font: 12px ui-monospace, monospace; }
fieldset { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 1rem; }
form { display: flex; gap: .6rem; align-items: baseline; margin: .15rem 0; } form code { opacity: .6; }
button { min-width: 3rem; border: 1px solid var(--line); border-radius: 4px; background: none; color: inherit; cursor: pointer; }
button.on { background: var(--bad); color: white; }
`);

export const SCRIPT = new Html(`
const live = document.getElementById("live");
const gone = document.getElementById("gone");
const show = (text) => {
  const focused = document.activeElement;
  const id = focused?.id;
  const section = focused?.closest("section")?.id;
  live.innerHTML = text;
  if (!id) return;
  // If a focused button is removed with its row, focus the next one, or the section.
  const near = section && (document.querySelector("#" + section + " button") ?? document.getElementById(section));
  (document.getElementById(id) ?? near)?.focus({ preventScroll: true });
};
live.addEventListener("submit", async (event) => {
  event.preventDefault();
  await fetch(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)) });
  show(await (await fetch("/?live")).text());
});
setInterval(async () => {
  if (document.querySelector("button:active")) return;
  const answer = await fetch("/?live").catch(() => undefined);
  gone.hidden = Boolean(answer && answer.ok);
  if (!gone.hidden) return;
  const text = await answer.text();
  // Keep text that is selected for copying.
  if (getSelection().isCollapsed) show(text);
}, 1000);
`);
