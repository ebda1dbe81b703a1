export const icon = `
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
  <rect x="1" y="2" width="14" height="13" rx="3" fill="#0b57d0" />
  <path d="M4 7h8M4 11h5" stroke="white" stroke-width="1.6" stroke-linecap="round" />
</svg>
`.trim();
