/** The page's style and its one script: it fetches the page and swaps in the changes. Without scripts a meta refresh does. */
import { Html } from "../../pictures/html.ts";
import { PICTURE_STYLE } from "../../pictures/look.ts";

export const STYLE = new Html(
  `${PICTURE_STYLE}
body{font-size:14px;line-height:1.4;margin:0 auto;padding:.6rem 1.2rem 3rem;max-width:84rem}
h1{font-size:1.1rem;margin:0}h2{font-size:.95rem;margin:0 0 .2rem}h3{font-size:.85rem;margin:.5rem 0 .1rem}
header{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline;margin-bottom:.5rem}header p{margin:0;color:var(--soft)}a{color:inherit}
.counts,.none{margin:.4rem 0;color:var(--soft);font-size:13px}code{font-size:12px}
.panel{border:1px solid var(--line);border-left:6px solid var(--grey);border-radius:10px;background:var(--card);padding:.6rem .9rem}.panel.good{border-left-color:var(--good)}.panel.warn{border-left-color:var(--warn)}.panel.bad{border-left-color:var(--bad);background:var(--bad-ground)}
.verdict{font-size:1.15rem;font-weight:650;margin:0 0 .4rem;overflow-wrap:anywhere}.good .sign{color:var(--good)}.warn .sign{color:var(--warn)}.bad .sign{color:var(--bad)}
.stages{display:flex;gap:3px;list-style:none;margin:0 0 .5rem;padding:0}.stages li{flex:1;min-width:0;padding:.15rem .35rem;font-size:11.5px;line-height:1.25;border-top:4px solid var(--line);color:var(--soft)}.stages .done{border-color:var(--good)}.stages .now{border-color:var(--blue);color:var(--ink);font-weight:650}
.panel dl{display:flex;flex-wrap:wrap;gap:.2rem 1.6rem;margin:0}.panel dl div{display:flex;gap:.45rem;min-width:0}.panel .wide{flex-basis:100%}.panel dt{color:var(--soft)}.panel dd{margin:0;overflow-wrap:anywhere}
.pictures{display:grid;grid-template-columns:1fr 1fr;gap:.7rem;margin-top:.7rem}figure,section:not(.panel){margin:0;padding:.6rem .8rem;background:var(--card);border:1px solid var(--line);border-radius:10px;min-width:0}section:not(.panel){margin-top:.7rem}figcaption p{margin:0 0 .3rem;color:var(--soft);font-size:13px}.numbers{margin-top:.3rem;font-size:12.5px}.numbers summary{color:var(--soft)}.legend{font-size:12px;margin-top:.2rem}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:0 .7rem}
table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:600}th{text-align:left;font-weight:600;color:var(--soft);font-size:12.5px}th,td{padding:.15rem .6rem .15rem 0;border-bottom:1px solid var(--faint);vertical-align:top;overflow-wrap:anywhere}tbody th{font-weight:500;color:var(--ink)}
.tag{border:1px solid var(--line);border-radius:4px;padding:0 .3rem;font:600 11px ui-monospace,monospace;white-space:nowrap}.tag.new{border-color:var(--blue);color:var(--blue)}.tag.old{border-color:var(--orange);border-style:dashed}.tag.current{background:var(--ink);color:var(--card)}code.new{border-bottom:3px solid var(--blue)}code.old{border-bottom:3px dashed var(--orange)}
#keys td:last-child,#secrets td:last-child,#keys th{white-space:nowrap;overflow-wrap:normal}#requests nav{display:flex;gap:.9rem;margin:.1rem 0 .3rem}#requests [aria-current]{font-weight:700;text-decoration:none}#requests .target{min-width:12rem}#requests td{font-size:13px}.times{color:var(--soft);font-weight:600}tr.wrong td{background:var(--bad-ground)}tr.wrong b{color:var(--bad)}.denied,.refused{color:var(--soft)}
#gone{color:var(--bad);font-weight:600}#banner{display:flex;flex-wrap:wrap;gap:.3rem .9rem;align-items:center;margin-top:.5rem;padding:.35rem .8rem;border:1px solid var(--warn);border-radius:8px;background:var(--warn-ground)}#banner span{display:inline-flex;gap:.4rem;align-items:center}
#switches{margin-top:.5rem}#switches>summary{padding:.2rem .1rem;color:var(--soft)}fieldset{border:1px solid var(--line);border-radius:8px;margin:.3rem 0;min-width:0;background:var(--card)}.switch{display:flex;gap:.6rem;align-items:baseline;margin:.12rem 0}.switch code{color:var(--soft)}form{display:inline;margin:0}
button{min-width:2.9rem;border:1px solid var(--grey);border-radius:5px;background:none;color:inherit;cursor:pointer;font:inherit;font-size:13px}button.on{background:var(--bad);color:var(--card);border-color:var(--bad)}
@media (max-width:60rem){.pictures{grid-template-columns:1fr}.stages{flex-wrap:wrap}.stages li{flex:1 1 8rem}}
@media (max-width:47rem){body{padding:.5rem .6rem 2rem}.stages li{flex-basis:45%}#requests table,#requests tbody,#requests tr,#requests td,#locations table,#locations tbody,#locations tr,#locations td{display:block}#requests thead,#locations thead{display:none}#requests tr,#locations tr{padding:.3rem 0;border-bottom:1px solid var(--line)}#requests td,#locations td{border:0;display:inline}}
`.replaceAll("\n", ""),
);

export const SCRIPT = new Html(`
const live = document.getElementById("live");
const gone = document.getElementById("gone");
const address = "/?live" + location.search.replace("?", "&");
const show = (text) => {
  const focused = document.activeElement;
  const id = focused?.id;
  const section = focused?.closest("section, details")?.id;
  const opened = [...live.querySelectorAll("details[id]")].map((each) => [each.id, each.open]);
  live.innerHTML = text;
  // What a reader opened or closed stays so.
  for (const [name, open] of opened) {
    const again = document.getElementById(name);
    if (again) again.open = open;
  }
  if (!id) return;
  // If a focused button is removed with its row, focus the next one, or the section.
  const near = section && (document.querySelector("#" + section + " button") ?? document.getElementById(section));
  (document.getElementById(id) ?? near)?.focus({ preventScroll: true });
};
live.addEventListener("submit", async (event) => {
  event.preventDefault();
  await fetch(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)) });
  show(await (await fetch(address)).text());
});
setInterval(async () => {
  if (document.querySelector("button:active")) return;
  const answer = await fetch(address).catch(() => undefined);
  gone.hidden = Boolean(answer && answer.ok);
  if (!gone.hidden) return;
  const text = await answer.text();
  // Keep text that is selected for copying.
  if (getSelection().isCollapsed) show(text);
}, 1000);
`);
