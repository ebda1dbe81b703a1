/** The style of the consent page, in light and in dark. */
export const STYLE = `
:root {
  --page: #f2f4f8; --card: #fff; --text: #1b2230; --muted: #566074; --line: #d8dee9;
  --accent: #0b57d0; --on-accent: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10141c; --card: #1a202b; --text: #e7ebf3; --muted: #a3adbf; --line: #364052;
    --accent: #a8c7fa; --on-accent: #062e6f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 1rem; display: grid; align-content: center; justify-items: center;
  gap: .75rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
}
header { font-size: .875rem; color: var(--muted); }
main {
  width: 100%; max-width: 27rem; padding: clamp(1.25rem, 5vw, 2rem);
  background: var(--card); border: 1px solid var(--line); border-radius: 1rem; overflow-wrap: anywhere;
}
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0; }
dl { margin: 1.25rem 0; font-size: .9375rem; border-top: 1px solid var(--line); }
dl div { display: flex; gap: .75rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
dt { flex: 0 0 5rem; color: var(--muted); }
dd { margin: 0; }
form { display: flex; flex-wrap: wrap; gap: .75rem; }
button {
  flex: 1 1 8rem; min-height: 2.75rem; padding: .5rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--accent); background: none; border: 1px solid var(--accent); border-radius: .625rem;
}
button.primary { color: var(--on-accent); background: var(--accent); }
button:hover { filter: brightness(1.1); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.note { margin-top: 1.25rem; font-size: .875rem; color: var(--muted); }
`;
