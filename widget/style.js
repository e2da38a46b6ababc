// @ts-check
/**
 * How the chat looks: a constructed sheet, since a strict policy refuses style elements. Sizes are in em of the visitor's own font size, yet of
 * 16 px at least: many sites set 10 px on <html>.
 *
 * Comments would be sent with the sheet, so they are here:
 * - `.banner:empty` and `.state:empty` are still there: a screen reader misses what appears in a region that was not.
 * - `.names`: a name in Latin letters stands beside the emblem in an Arabic chat too.
 * - `.root` has the font's size, not `:host`: a site's `* { font-size: … !important }` would win there.
 * - `.emergency .bubble`: over the button to what is newer, which stands still while the log is scrolled. Advice and its call button are never covered.
 * - `@container`: a phone across, a zoomed page, large text: room for the words first.
 */

/** Full screen and modal: a phone, or a desktop zoomed to 200 %. */
export const SMALL = "(max-width: 480px), (max-height: 480px)";

const css = `
:host { all: initial; display: block; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p { margin: 0; font-size: 1em; }

.root {
  --accent: var(--clinic-chat-accent, #0e6660);
  --surface: var(--clinic-chat-surface, #fff);
  --text: var(--clinic-chat-text, #1d2b2a);
  --ground: var(--clinic-chat-ground, #f6f3ee);
  --muted: #55625f;
  --line: #dcd8d0;
  --edge: #7d8784;
  --red: #a3211a;
  --on-red: #fff;
  --alarm: #fdeeec;
  --accent-text: var(--accent);
  --radius: var(--clinic-chat-radius, 1.1em);
  --shadow: 0 8px 40px rgb(10 30 30 / .26);
  color: var(--text);
  color-scheme: light;
  font: max(1rem, 16px)/1.5 var(--clinic-chat-font, system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  text-align: start;
  overflow-wrap: anywhere;
  -webkit-text-size-adjust: 100%;
}
.dark {
  --accent: var(--clinic-chat-dark-accent, var(--clinic-chat-accent, #6fcfc5));
  --surface: var(--clinic-chat-dark-surface, #1b2625);
  --text: var(--clinic-chat-dark-text, #e9efed);
  --ground: var(--clinic-chat-dark-ground, #131c1b);
  --muted: #aab8b5;
  --line: #34423f;
  --edge: #7f8f8b;
  --red: #ffb4ab;
  --on-red: #4a0a05;
  --alarm: #3b1613;
  --on-accent: #0a1414;
  color-scheme: dark;
}
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { width: 1.5em; height: 1.5em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.icon-menu { stroke-width: 3; }
:is(.who, .day, .meta, .hint, .counter) { color: var(--muted); font-size: .8125em; }
:is(.strip, .banner, .state, .comment, .names p) { font-size: .875em; line-height: 1.4; }
:is(.primary, .launcher, .send, .head, .visitor .bubble) { border-color: transparent; background: var(--accent); color: var(--on-accent, #fff); }
:is(.bubble, .dots, .contact, .menu, .confirm, .notice, .panel) { border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); color: var(--text); }
:is(.panel, .confirm, .menu, .launcher, .jump) { box-shadow: var(--shadow); }
:is(.strip, .banner, .state, .head, .foot) { flex: none; padding: .5em 1em; }
:is(.error, .counter):empty { display: none; }
:is(.banner, .state):empty { padding: 0; border: 0; }
.error { color: var(--red); font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: .6em; }
.row > * { flex: 1 0 auto; }

a, .link { color: var(--accent-text); text-decoration: underline; text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent-text); outline-offset: 2px; }
:is(.page, .log):focus-visible { outline-offset: -4px; }
button, input, textarea { font: inherit; color: inherit; margin: 0; min-width: 44px; min-height: 44px; border: 1px solid var(--edge); border-radius: 1.4em; }
button { cursor: pointer; touch-action: manipulation; padding: .4em 1em; background: none; }
button:hover { filter: brightness(1.1) contrast(1.1); }
button:disabled { cursor: default; opacity: .7; }
.button { display: inline-flex; align-items: center; justify-content: center; gap: .5em; padding: .4em 1em; border-radius: 1.4em; background: var(--surface); font-weight: 600; }
.button.primary { background: var(--accent); }
.button.danger { border-color: transparent; background: var(--red); color: var(--on-red); text-decoration: none; }
.link { padding: 0 .4em; border: 0; font-weight: 600; }
:is(.round, .thumb, .send) { display: grid; place-items: center; width: 2.75em; height: 2.75em; padding: 0; border-radius: 50%; flex: none; }
.round, .thumb { border-color: transparent; }
:is(.round, .thumb, .menu-item):hover { background: rgb(127 127 127 / .2); }
input, textarea { padding: .5em .9em; border-radius: .8em; background: var(--surface); color: var(--text); }
[aria-invalid] { border: 2px solid var(--red); }
::placeholder { color: var(--muted); opacity: 1; }

.launcher { position: fixed; z-index: 2147483000; inset-block-end: calc(1.25em + env(safe-area-inset-bottom, 0px)); inset-inline-end: 1.25em; display: flex; align-items: center; gap: .55em; min-height: 56px; padding-inline: 1.1em 1.3em; border: 2px solid transparent; border-radius: 2em; font-weight: 650; }
.launcher .icon-close, [aria-expanded=true] > .icon-chat { display: none; }
[aria-expanded=true] > .icon-close { display: block; }
.badge { position: absolute; inset-block-start: -.5em; inset-inline-end: -.3em; min-width: 1.75em; padding: .1em .45em; border: 2px solid var(--surface); border-radius: 1em; background: #a3211a; color: #fff; font-size: .85em; line-height: 1.4; }

.panel { position: fixed; z-index: 2147483001; inset: auto; inset-block-end: calc(2.15em + 56px); inset-inline-end: 1.25em; flex-direction: column; width: min(25em, 100vw - 2.5em); height: min(43em, 100dvh - 3.4em - 56px); max-width: none; max-height: none; margin: 0; padding: 0; overflow: hidden; container-type: size; }
.panel[open] { display: flex; animation: rise .18s ease-out; }
.left :is(.launcher, .panel) { left: 1.25em; right: auto; }
.right :is(.launcher, .panel) { right: 1.25em; left: auto; }
@keyframes rise { from { opacity: 0; transform: translateY(.8em); } }
.head { display: flex; align-items: center; gap: .7em; padding: .7em 1em; padding-inline-end: .6em; }
.head > * > :focus-visible, .close:focus-visible { outline-color: currentColor; outline-offset: -3px; }
.names { flex: 1; display: grid; justify-items: start; line-height: 1.3; }
.emblem { display: grid; place-items: center; width: 2.6em; height: 2.6em; border-radius: 50%; background: var(--surface); color: var(--accent-text); flex: none; }
.emblem .icon-person, .staff .icon-leaf { display: none; }
.staff .icon-person { display: block; }
.menu-holder { position: relative; }
.menu { position: absolute; z-index: 3; inset-block-start: 100%; inset-inline-end: 0; width: max-content; max-width: 16em; padding: .35em; }
.menu-item { display: block; width: 100%; border: 0; text-align: start; }
.delete { color: var(--red); }
.strip, .state { border-block-end: 1px solid var(--line); }
.strip a { color: var(--red); display: inline-block; padding: .15em; }
.banner { background: var(--text); color: var(--surface); }
.state { font-weight: 600; }

.page { flex: 1; min-height: 0; overflow: auto; overscroll-behavior: contain; background: var(--ground); }
.consent, .unreached { display: flex; flex-direction: column; align-items: flex-start; gap: 1em; padding: 1.5em 1.25em; }
.consent .row { align-self: stretch; }
.consent h3, .confirm h3 { font-size: 1.2em; }
.consent-text { display: grid; gap: .7em; }
.notice { padding: .7em 1em; font-weight: 600; }
.consent-text a { display: inline-block; padding-block: .35em; }

.talk { position: relative; display: flex; flex-direction: column; overflow: hidden; }
.scroller { flex: 1; min-height: 0; overflow: auto; overscroll-behavior: contain; padding: .6em 1em 1em; }
.log { display: flex; flex-direction: column; min-height: 2em; }
.day { align-self: center; margin-block: .9em .3em; }
.day time { display: block; }
.day time::first-letter { text-transform: uppercase; }
.message { display: flex; flex-direction: column; align-items: flex-start; max-width: 88%; margin-block-start: .9em; }
.joined { margin-block-start: .3em; }
.visitor { align-self: flex-end; align-items: flex-end; }
.system { width: 100%; max-width: 100%; font-size: .9375em; }
.bubble { max-width: 100%; padding: .6em .9em; }
.message .bubble, .dots { border-start-start-radius: .3em; }
.bubble p { white-space: pre-wrap; }
.bubble p + p { margin-block-start: .5em; }
.tel { font-weight: 700; white-space: nowrap; direction: ltr; unicode-bidi: isolate; }
.visitor .bubble { border-start-start-radius: var(--radius); border-end-end-radius: .3em; }
.visitor .bubble a { color: inherit; }
.visitor[data-status=refused] .bubble { border: 2px dashed var(--red); background: var(--surface); color: var(--text); }
.system .bubble { width: 100%; padding: .5em .2em; border-width: 1px 0; border-radius: 0; background: none; }
.staff .bubble { border-inline-start: 3px solid var(--accent-text); }
.emergency { width: 100%; max-width: 100%; }
.message:has(.contact) { width: 100%; max-width: 100%; }
.emergency .bubble { position: relative; z-index: 1; width: 100%; border: 2px solid var(--red); border-radius: var(--radius); background: var(--alarm); }
.emergency p a { color: inherit; }
.alarm { display: flex; align-items: center; gap: .4em; color: var(--red); font-size: 1.1em; font-weight: 750; }
.call { width: 100%; min-height: 56px; margin-block: .4em .5em; font-size: 1.2em; }

.meta { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .5em; min-height: 1.6em; padding-inline: .2em; }
.status { display: inline-flex; flex-wrap: wrap; align-items: center; gap: .15em .3em; }
.visitor :is(.meta, .status) { justify-content: flex-end; text-align: end; }
.status .icon { width: 1.1em; height: 1.1em; }
[data-status=refused] .status { color: var(--red); }
.reason { flex-basis: 100%; }
.thumbs { display: inline-flex; align-items: center; }
.down .icon-thumb { transform: scaleY(-1); }
.thumb[aria-pressed=true] { color: var(--accent-text); }
[aria-pressed=true] .icon { fill: currentColor; }
.comment { scroll-margin: 1em; }
.comment input { flex: 1 1 9em; }

.choices { display: flex; flex-wrap: wrap; gap: .5em; margin-block-start: .55em; }
.choice { color: var(--muted); text-align: start; }
.current .choice { border: 1.5px solid; background: var(--surface); color: var(--accent-text); font-weight: 600; }
@media (hover: hover) {
  .choice:hover:enabled { background: var(--accent); color: var(--on-accent, #fff); }
}
.contact { display: grid; gap: .8em; width: 100%; margin-block-start: .6em; padding: 1em; }
.field { display: grid; gap: .25em; }

.dots { display: flex; gap: .3em; width: max-content; margin-block-start: .8em; padding: .85em 1em; }
.dots i { width: .5em; height: .5em; border-radius: 50%; background: var(--muted); animation: beat 1.2s infinite; }
.dots i + i { animation-delay: .15s; }
.dots i + i + i { animation-delay: .3s; }
@keyframes beat { 30% { opacity: .3; transform: translateY(-.2em); } }
.jump { position: absolute; inset-block-end: .8em; inset-inline: 0; margin-inline: auto; width: max-content; display: flex; align-items: center; gap: .4em; border: 0; background: var(--text); color: var(--surface); font-weight: 600; }

.foot { padding: .6em .8em calc(.8em + env(safe-area-inset-bottom, 0px)); border-block-start: 1px solid var(--line); }
.person { margin-block-end: .5em; font-size: .9375em; border-color: var(--line); }
.composer { display: grid; grid-template-columns: 1fr auto; gap: .2em .5em; align-items: end; }
.composer textarea { width: 100%; max-height: min(9em, 30dvh); border-radius: 1.4em; resize: none; line-height: 1.4; }
.send[aria-disabled=true] { border-color: var(--edge); background: var(--ground); color: var(--muted); cursor: default; }
[dir=rtl] .icon-send { transform: scaleX(-1); }
.counter { grid-column: 1 / -1; padding-inline: .9em; }
[aria-invalid] ~ .counter { color: var(--red); }
.ended { display: grid; gap: .7em; }
.confirm { width: min(22em, 100vw - 2em); padding: 1.4em; }
.confirm::backdrop { background: rgb(8 16 16 / .5); }
.confirm > * + * { margin-block-start: .6em; }

@media ${SMALL} {
  .root .panel { inset: auto; top: var(--top, 0); left: 0; width: 100%; height: var(--height, 100dvh); border: 0; animation: none; border-radius: 0; padding-inline: env(safe-area-inset-left, 0px) env(safe-area-inset-right, 0px); }
  .head { padding-block-start: calc(.6em + env(safe-area-inset-top, 0px)); }
}
@container (max-width: 21em) or (max-height: 30em) {
  .head .emblem { display: none; }
  :is(.head, .strip, .banner, .state, .foot) { padding-block: .2em; }
}
@container (min-width: 24em) and (max-height: 30em) {
  .write { display: flex; gap: .5em; align-items: end; }
  .composer { flex: 1; }
  .person { margin: 0; }
}
@media (prefers-reduced-motion: reduce) {
  * { animation: none !important; }
}
@media (prefers-contrast: more) {
  .root { --muted: var(--text); --line: var(--text); --edge: var(--text); }
}
@media (forced-colors: active) {
  :is(.bubble, .dots, .launcher, .send, .jump, .banner, .badge, .button) { border: 1px solid !important; }
  .emergency .bubble { border-width: 3px !important; }
  .dots i { background: CanvasText; }
  .thumb[aria-pressed=true] { background: Highlight; color: HighlightText; forced-color-adjust: none; }
}
`;

export const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
