export const style = `
:root {
  color-scheme: light;
  --ink: #1c2330; --soft: #55607a; --line: #dde3ec; --blue: #0b57d0; --red: #b3261e; --green: #146c2e;
}
* { box-sizing: border-box; }
body {
  font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: #f4f6fa;
  max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 3rem;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h2 { font: 600 1rem/1.5 ui-monospace, monospace; margin: 0; overflow-wrap: anywhere; }
p { margin: .6rem 0 1.25rem; color: var(--soft); }
a { color: var(--blue); }
.hint { font-size: .875rem; }

.card {
  display: block; margin-bottom: 1.25rem; padding: 1.5rem 1.75rem .5rem;
  background: #fff; border: 1px solid var(--line); border-radius: 1rem;
  box-shadow: 0 1px 2px #1c23300d, 0 8px 24px #1c23300f;
}
.badge {
  display: inline-block; padding: .05rem .7rem; border-radius: 1rem;
  font: 600 .8125rem/1.6 system-ui, sans-serif; color: var(--green); background: #e3f4e7;
}
.bad { color: var(--red); background: #fce8e6; }
.secret { color: #7a4d00; background: #fdf0d0; }

ol { list-style: none; counter-reset: step; margin: 1rem 0; padding: 0; }
ol > li {
  position: relative; counter-increment: step; padding: .9rem 0 .9rem 2.75rem;
  border-top: 1px solid var(--line);
}
ol > li::before {
  content: counter(step); position: absolute; left: 0; top: .95rem; width: 1.75rem; height: 1.75rem;
  border-radius: 50%; text-align: center; line-height: 1.75rem; font-size: .875rem; font-weight: 600;
  color: #fff; background: var(--blue);
}
ol > li > code, ol > li > span:not(.badge) { display: block; overflow-wrap: anywhere; }
ol > li > span:not(.badge) { color: var(--soft); font-size: .92em; }
.arrow { color: var(--blue); }
code, ul { font: .84rem/1.6 ui-monospace, monospace; }
ul { display: flex; flex-wrap: wrap; gap: .3rem; list-style: none; margin: .5rem 0 0; padding: 0; }
ul li { padding: 0 .45rem; border-radius: .3rem; color: var(--soft); background: #f0f3f8; }
ul .proof { color: var(--ink); background: #dce8fd; font-weight: 600; }

.error { padding: .7rem 1rem; border-radius: .6rem; color: var(--red); background: #fef3f2; }
form { margin: 0 0 1rem; }
button {
  font: inherit; font-weight: 600; padding: .55rem 1.2rem; border: 0; border-radius: .6rem;
  color: #fff; background: var(--blue); cursor: pointer;
}
button:hover { background: #0842a0; }
:focus-visible { outline: 3px solid #a8c7fa; outline-offset: 2px; }

@media (max-width: 30rem) {
  .card { padding: 1.1rem 1.1rem .25rem; }
}
`;
