export const style = `
:root {
  color-scheme: light;
  --ink: #1c2330; --soft: #55607a; --line: #dde3ec; --blue: #0b57d0; --red: #b3261e; --green: #146c2e;
}
* { box-sizing: border-box; }
body {
  font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: #f4f6fa;
  max-width: 40rem; min-height: 100vh; margin: 0 auto; padding: 1.25rem 1rem 3rem;
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; }
p { margin: .6rem 0 1.25rem; color: var(--soft); }
button, .primary { font: inherit; border-radius: .6rem; cursor: pointer; }
:focus-visible { outline: 3px solid #a8c7fa; outline-offset: 2px; }

header, .title, footer { display: flex; align-items: center; justify-content: space-between; gap: .75rem; }
header { margin-bottom: 1.25rem; }
.who { display: flex; align-items: center; gap: .6rem; }

.card {
  background: #fff; border: 1px solid var(--line); border-radius: 1rem; padding: 1.75rem;
  box-shadow: 0 1px 2px #1c23300d, 0 8px 24px #1c23300f;
}
.narrow { max-width: 26rem; margin: 8vh auto 0; }

.avatar {
  flex: none; display: grid; place-items: center; width: 2.25rem; height: 2.25rem;
  border-radius: 50%; color: #fff; font-weight: 600; background: var(--soft);
}
.avatar.ada { background: #6b3fa0; }
.avatar.grace { background: #00696f; }

.person {
  display: flex; align-items: center; gap: .8rem; width: 100%; margin-top: .6rem; padding: .7rem .9rem;
  text-align: left; color: inherit; background: #fff; border: 1px solid var(--line);
}
.person:hover { border-color: var(--blue); background: #f6f9ff; }
.hint { margin: 1.25rem 0 0; font-size: .875rem; }

.primary {
  display: inline-block; padding: .7rem 1.2rem; color: #fff; background: var(--blue);
  font-weight: 600; text-decoration: none;
}
.primary:hover { background: #0842a0; }
.quiet { padding: .45rem .9rem; color: var(--ink); background: #fff; border: 1px solid var(--line); }
.quiet:hover { border-color: var(--soft); }
.danger { color: var(--red); }
.danger:hover { border-color: var(--red); }
.status { margin: 1rem 0 0; }
.status:empty { display: none; }

.badge {
  padding: .15rem .7rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600;
  color: var(--green); background: #e3f4e7;
}
.badge::before { content: '●'; margin-right: .4rem; font-size: .7em; vertical-align: .1em; }

.events { list-style: none; margin: 1.25rem 0; padding: 0; }
.events li { display: flex; gap: 1rem; padding: .8rem 0; border-top: 1px solid var(--line); }
.events li:last-child { border-bottom: 1px solid var(--line); }
.time { flex: none; min-width: 7.25rem; white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; }
.time time { color: var(--ink); font-weight: 600; }
.summary { overflow-wrap: anywhere; }
footer a { color: var(--blue); font-size: .875rem; }

@media (max-width: 30rem) {
  .card { padding: 1.25rem; }
  .narrow { margin-top: 1.5rem; }
  .title { flex-wrap: wrap; }
  .events li { flex-direction: column; gap: .1rem; }
  .primary { display: block; text-align: center; }
}
`;
