export const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 0 auto; padding: 1rem; color: #1c2330; }
[hidden] { display: none !important; }
header { display: flex; justify-content: space-between; align-items: center; }
button, .button {
  font: inherit; padding: .5rem 1rem; border: 1px solid #0b57d0; border-radius: .5rem;
  color: #0b57d0; background: #fff; text-decoration: none; cursor: pointer;
}
ol { padding: 0; list-style: none; }
li { padding: .5rem 0; border-top: 1px solid #dde3ec; overflow-wrap: anywhere; }
`;
