const BOXES = 'main tr input.check[name=chosen]'

/** Where the hand was last: the number of the row, and how far down it stood. */
let last: { readonly id: string; readonly index: number } | null = null

/** Numbers of the ticked rows; of the row that has the focus where none is ticked. Remembers where the hand is. */
export function chosenRows(): string[] {
  const boxes = [...document.querySelectorAll<HTMLInputElement>(BOXES)]
  const index = boxes.findIndex((box) => box.closest('tr')?.contains(document.activeElement))
  const focused = boxes[index]
  const ticked = boxes.filter(({ checked }) => checked)
  const here = focused ?? ticked[0]
  last = here ? { id: here.value, index: boxes.indexOf(here) } : null
  if (ticked.length > 0) return ticked.map(({ value }) => value)
  return focused ? [focused.value] : []
}

/** Puts the focus back where the hand was; where that row has gone, on the one that took its place. */
export function focusRow(): void {
  if (!last) return
  const boxes = [...document.querySelectorAll<HTMLInputElement>(BOXES)]
  const row = (boxes.find(({ value }) => value === last?.id) ?? boxes[last.index] ?? boxes.at(-1))?.closest('tr')
  row?.querySelector<HTMLElement>('[data-row-link]')?.focus()
}

/** Lets the ticked rows go, once something was done with them: the next key is for the row that has the focus. */
export function releaseRows(): void {
  const ticked = [...document.querySelectorAll<HTMLInputElement>('main table input.check:checked')]
  for (const box of ticked) box.checked = false
  ticked[0]?.dispatchEvent(new Event('change', { bubbles: true }))
}
