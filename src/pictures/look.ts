/**
 * The style of reports and of the sandbox's page. The colors are Okabe and Ito's palette, safe for color-blind
 * readers; each also has its own pattern or shape. Red is reserved for failures.
 */

/** Colors, and the parts of drawings. */
export const PICTURE_STYLE = `
:root{color-scheme:light dark;--ground:#f6f6f3;--card:#fff;--ink:#1b1d21;--soft:#595e66;--line:#dcdcd5;--faint:#ecece6;--good:#00664c;--warn:#7d4f00;--bad:#b3131b;--good-ground:#e3f3ed;--warn-ground:#fdf1d8;--bad-ground:#fde6e4;--blue:#0072b2;--sky:#56b4e9;--orange:#e69f00;--green:#009e73;--yellow:#e8d000;--purple:#cc79a7;--grey:#9aa0a6;--alarm:#d0141d;--paper:#fff}
@media screen and (prefers-color-scheme:dark){:root{--ground:#131518;--card:#1b1e22;--ink:#e8e9eb;--soft:#a3a9b2;--line:#363b42;--faint:#262a30;--good:#4fd1a5;--warn:#f0b94c;--bad:#ff8a80;--good-ground:#12312a;--warn-ground:#352a12;--bad-ground:#3d1c1c;--blue:#5aaee6;--sky:#3f7fa6;--orange:#e69f00;--green:#2fb68c;--yellow:#cbb83a;--purple:#cc79a7;--grey:#6d747d;--alarm:#ff5a4f;--paper:#1b1e22}}
.defs{position:absolute}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .length,svg .count,svg .who,svg .days,.axis text{fill:var(--soft);font-size:11px}
.axis path,path.row{stroke:var(--faint);fill:none}.axis path{stroke:var(--line);stroke-dasharray:2 3}path.now{stroke:var(--ink);stroke-width:1.5;fill:none}
svg .stage.ahead{fill:var(--soft)}svg .stage.now,svg .sender,svg .box{font-weight:600}svg .letter{font-size:11px;font-weight:700}svg .length.wrong{fill:var(--bad);font-weight:700}
.work{fill:var(--blue)}.wait{fill:url(#p-wait);stroke:var(--sky)}.planned{fill:none;stroke:var(--grey);stroke-dasharray:3 3}
.mark{stroke:var(--paper);stroke-width:1.2}.proof{fill:var(--green)}.repair{fill:var(--orange);stroke:var(--ink)}.halt{fill:var(--alarm)}.note{fill:var(--purple);stroke:var(--ink)}
.abort-free{fill:var(--good-ground);stroke:var(--good)}.abort-wait{fill:var(--warn-ground);stroke:var(--warn)}.abort-refused{fill:url(#p-refused);stroke:var(--grey)}
.key-new{fill:var(--blue)}.key-old{fill:url(#p-old)}.key-other{fill:url(#p-other)}.key-denied{fill:var(--paper);stroke:var(--grey);stroke-width:.8}.nothing{fill:url(#p-nothing);stroke:var(--line)}.unseen{fill:var(--paper);stroke:var(--soft);stroke-width:1.6}
.moment{stroke:var(--soft);stroke-dasharray:5 3;fill:none}
.answer-0{fill:var(--sky)}.answer-1{fill:url(#p-edge)}.answer-2{fill:url(#p-app)}.answer-3{fill:var(--yellow)}.answer-4{fill:url(#p-other)}.answer-5{fill:var(--grey)}.unexpected{fill:var(--alarm)}
.link{fill:none;stroke:var(--grey);stroke-width:1.5}.link.broken{stroke:var(--alarm);stroke-width:2;stroke-dasharray:6 4}
.node{fill:var(--card);stroke:var(--grey);stroke-width:1.2}.node.good{stroke:var(--green);fill:var(--good-ground)}.node.broken{stroke:var(--alarm);stroke-width:2;fill:var(--bad-ground)}.node.open{stroke-dasharray:4 3}.node.aside{stroke-dasharray:1 3}
.p-wait-under{fill:var(--card)}.p-wait-over{fill:var(--sky);opacity:.55}.p-old-under{fill:var(--orange);opacity:.35}.p-old-over{fill:var(--orange)}.p-edge-under{fill:var(--card)}.p-edge-over{fill:var(--purple)}.p-app-under{fill:var(--card)}.p-app-over{fill:var(--green)}.p-refused-under{fill:var(--faint)}.p-refused-over{fill:var(--grey);opacity:.6}.p-other-under{fill:var(--card)}.p-other-over{fill:var(--grey)}.p-nothing-over{fill:var(--grey)}
*{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,sans-serif;background:var(--ground);color:var(--ink)}
code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}bdi{overflow-wrap:anywhere}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;margin:.5rem 0 0;padding:0;font-size:13px;color:var(--soft)}.legend li{display:flex;gap:.4rem;align-items:center}.legend svg{flex:none}
.drawing svg{display:block;width:100%;height:auto}.drawing .narrow{display:none}@media (max-width:47rem){.drawing .wide{display:none}.drawing .narrow{display:block;max-width:34rem}}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px}summary{cursor:pointer}
.spoken{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
`.replaceAll("\n", "");

/** A report's page. */
export const SHEET_STYLE = `${PICTURE_STYLE}
main{max-width:74rem;margin:0 auto;padding:1.5rem 1.25rem 3rem}
h1,h2,h3,h4{line-height:1.3;text-wrap:balance}h2{font-size:1.15rem;margin:0}h3{font-size:1rem;margin:1.2rem 0 .4rem}h4{font-size:.95rem;margin:0}
.kind{margin:0;color:var(--soft);font-weight:700}.kind span{font-weight:400}
h1.verdict{display:flex;gap:.7rem;align-items:baseline;margin:.4rem 0 .8rem;padding:.7rem .9rem;border-radius:8px;border-left:6px solid var(--grey);background:var(--card);font-size:1.3rem}
h1.verdict span{min-width:0;overflow-wrap:anywhere}h1.good{border-color:var(--good);background:var(--good-ground)}h1.warn{border-color:var(--warn);background:var(--warn-ground)}h1.bad{border-color:var(--bad);background:var(--bad-ground)}.good .sign{color:var(--good)}.warn .sign{color:var(--warn)}.bad .sign{color:var(--bad)}
.next{display:flex;flex-wrap:wrap;gap:.2rem .7rem;align-items:center;margin:0 0 .8rem}.next p{margin:0}.next pre{margin:0}
pre{background:var(--faint);border:1px solid var(--line);border-radius:6px;padding:.35rem .6rem;white-space:pre-wrap}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.6rem 1.4rem;margin:0}.facts dt{color:var(--soft);font-size:12.5px}.facts dd{margin:0;overflow-wrap:anywhere}
figure,section{margin:1.2rem 0 0;padding:1rem 1.1rem;background:var(--card);border:1px solid var(--line);border-radius:10px}figcaption p{margin:.15rem 0 .8rem;color:var(--soft);max-width:64rem}
.numbers{margin-top:.7rem;border-top:1px solid var(--faint);padding-top:.5rem;font-size:13.5px}.numbers>summary{color:var(--soft)}
table{border-collapse:collapse;width:100%;margin:.5rem 0 .9rem}caption{text-align:left;font-weight:600;padding:.2rem 0}th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--faint);overflow-wrap:anywhere;font-variant-numeric:tabular-nums}thead th{color:var(--soft);font-weight:600;font-size:12.5px}tbody th{font-weight:500}.number{text-align:right;padding-right:1.6rem}
.none{color:var(--soft);margin:.4rem 0}.bands{list-style:none;margin:0;padding:0;display:grid;gap:.3rem}.bands li{border-left:5px solid var(--grey);padding-left:.6rem;font-size:14px}.bands li.abort-free{border-color:var(--good)}.bands li.abort-wait{border-color:var(--warn)}
.finding{border-left:5px solid var(--grey);padding:.1rem 0 .1rem .8rem;margin:.8rem 0;overflow-wrap:anywhere}.finding.error{border-color:var(--bad)}.finding.warning{border-color:var(--warn)}.finding.error .sign{color:var(--bad)}.finding.warning .sign{color:var(--warn)}.finding .where{margin:0;color:var(--soft);font-size:13px}.finding ul{margin:.3rem 0;padding-left:1.2rem;font-size:14px}.finding pre,.finding .fix{margin:.4rem 0 0}
.matrix{position:relative;font-size:14px}.matrix th[scope=row]{width:12rem}.matrix td{padding:.15rem .5rem .15rem 0}.cell summary{list-style:none;border:1px solid var(--line);border-radius:6px;padding:.15rem .5rem}.cell summary::-webkit-details-marker{display:none}.cell summary:hover{border-color:var(--soft)}.cell summary.failed{background:var(--bad-ground);border-color:var(--bad);font-weight:600}.cell summary.not-asked,.cell summary.unproved{background:var(--warn-ground);border-color:var(--warn)}
.sign{font-weight:700}.sign.met{color:var(--good)}.sign.failed{color:var(--bad)}.sign.not-asked,.sign.unproved{color:var(--warn)}
.inside{position:absolute;left:0;right:0;z-index:2;margin:.25rem 0 0;padding:.7rem .9rem;background:var(--card);border:1px solid var(--soft);border-radius:8px;box-shadow:0 6px 20px #0004;display:grid;gap:.35rem;overflow-wrap:anywhere}.inside>div{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:.7rem}.inside dt{color:var(--soft)}.inside dd{margin:0}.inside pre{margin:0}.inside ul{margin:0;padding-left:1.1rem}.cell[open] summary{outline:2px solid var(--blue)}
.rest{display:inline}.rest summary{display:inline;color:var(--soft);text-decoration:underline}
footer{margin-top:1.4rem;color:var(--soft);font-size:13px}
@media (max-width:47rem){main{padding:.9rem .7rem 2rem}figure,section{padding:.8rem .7rem}h1.verdict{font-size:1.1rem}
table,caption,tbody,tr,td,tbody th{display:block;width:auto}thead{display:none}tbody tr{border-bottom:1px solid var(--line);padding:.4rem 0}th,td{border:0;padding:.1rem 0}tbody th{font-weight:600}td.number{text-align:left}td:empty{display:none}td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}
.matrix td{padding:.15rem 0}.matrix td::before{display:block;font-size:12.5px;overflow:hidden;text-overflow:ellipsis}.matrix th[scope=row]{width:auto}.inside{position:static;box-shadow:none}.inside>div{grid-template-columns:1fr;gap:0}}
@media print{:root{color-scheme:light}body{background:#fff;font-size:11px}main{padding:0;max-width:none}figure,section,.finding,tr{break-inside:avoid}section{break-inside:auto}figure,section{border:0;padding:.4rem 0}details::details-content{content-visibility:visible;block-size:auto}details>summary{list-style:none}.cell .inside{position:static;box-shadow:none}*{print-color-adjust:exact}}
`.replaceAll("\n", "");
