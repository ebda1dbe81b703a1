export const style = `
:root {
  color-scheme: light;
  --ink: #1c2330; --soft: #55607a; --line: #dde3ec; --blue: #0b57d0; --red: #b3261e; --green: #146c2e;
}
* { box-sizing: border-box; }
body {
  font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: #f4f6fa;
  max-width: 46rem; margin: 0 auto; padding: 1.25rem 1rem 3rem;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.15rem; line-height: 1.4; margin: 0; }
p { margin: .6rem 0 1.25rem; color: var(--soft); }
a { color: var(--blue); }
code { font: .84rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere; }
pre {
  margin: 0 0 1rem; padding: .7rem 1rem; border-radius: .6rem; background: #f0f3f8;
  white-space: pre-wrap;
}
.hint { font-size: .875rem; }
:focus-visible { outline: 3px solid #a8c7fa; outline-offset: 2px; }

nav { display: flex; flex-wrap: wrap; gap: .25rem; margin: 0 -.6rem 1.75rem; }
nav a { padding: .3rem .6rem; border-radius: .6rem; font-size: .9rem; text-decoration: none; }
nav a:hover { background: #e6ecf6; }
nav a[aria-current] { color: var(--ink); font-weight: 600; background: #dce8fd; }

.card {
  display: block; margin: 0 0 1.25rem; padding: 1.5rem 1.75rem .5rem;
  background: #fff; border: 1px solid var(--line); border-radius: 1rem;
  box-shadow: 0 1px 2px #1c23300d, 0 8px 24px #1c23300f;
}
.choices { list-style: none; padding: 0; overflow: hidden; }
.choices li + li { border-top: 1px solid var(--line); }
.choices a { display: block; padding: 1rem 1.75rem; color: inherit; text-decoration: none; }
.choices a:hover { background: #f6f9ff; }
.choices strong { color: var(--blue); }
.choices span { display: block; color: var(--soft); font-size: .92rem; }
.needs { margin: 0 0 1rem; padding-left: 1.2rem; }

.badge {
  display: inline-block; padding: .05rem .7rem; border-radius: 1rem;
  font: 600 .8125rem/1.6 system-ui, sans-serif; color: var(--soft); background: #e9edf4;
}
.good { color: var(--green); background: #e3f4e7; }
.bad { color: var(--red); background: #fce8e6; }
.onwards { color: #0842a0; background: #dce8fd; }
.first-token { color: #7a4d00; background: #fdf0d0; }
.no-token { outline: 1px dashed var(--soft); outline-offset: -1px; }
.second-token { color: #5b2a91; background: #efe4fb; }

ol { list-style: none; counter-reset: step; margin: 0; padding: 0; }
ol > li {
  position: relative; counter-increment: step; padding: .9rem 0 .9rem 2.75rem;
  border-top: 1px solid var(--line);
}
ol > li::before {
  content: counter(step); position: absolute; left: 0; top: .95rem; width: 1.75rem; height: 1.75rem;
  border-radius: 50%; text-align: center; line-height: 1.75rem; font-size: .875rem; font-weight: 600;
  color: #fff; background: var(--blue);
}
.arrow { color: var(--blue); }
.soft { color: var(--soft); font-size: .84rem; white-space: nowrap; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: .1rem .6rem; }
* + .row { margin-top: .2rem; }

.nothing { padding: .7rem 1rem; border-radius: .6rem; color: var(--green); background: #eef8f0; }
.ending { padding-top: .9rem; border-top: 1px solid var(--line); }
.ending pre { margin-top: .5rem; }

@media (max-width: 30rem) {
  .card { padding: 1.1rem 1.1rem .25rem; }
  .choices { padding: 0; }
  .choices a { padding: .9rem 1.1rem; }
}
`;
