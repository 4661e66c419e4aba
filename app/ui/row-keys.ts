/** Moves the focus between rows that are links, from wherever it is on the page. */
export function moveRow(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('main [data-row-link]')].filter((link) => link.offsetParent !== null)
  const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement))
  const next = at === -1 ? links.at(by === 1 ? 0 : -1) : links[at + by]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

/** Ticks the check box of the row that has the focus. */
export function tickRow(): void {
  document.activeElement?.closest('tr')?.querySelector<HTMLInputElement>('input.check')?.click()
}

/** To the first filter that one types into, else to the first. */
export function focusFilter(): void {
  const filters = document.querySelector('main .filters')
  const first =
    filters?.querySelector<HTMLInputElement>('input[type=search]') ??
    filters?.querySelector<HTMLElement>('select, input:not([type=hidden])')
  first?.focus()
  if (first instanceof HTMLInputElement) first.select()
}
