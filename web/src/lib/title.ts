/** The tab's title: the page's own, or what calls for attention. */
let page = 'Carillon';
let alert = '';

function show(): void {
  document.title = alert || page;
}

export function setTitle(...parts: string[]): void {
  page = parts.filter(Boolean).join(' · ');
  show();
}

export function setTitleAlert(text: string): void {
  alert = text;
  show();
}
