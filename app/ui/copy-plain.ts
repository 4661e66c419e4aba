/**
 * Copying gives plain numbers. An element with `data-plain` is copied as that text, whole, even when only a part of it
 * is selected: '(1,234.50)' selected by a double click must not lose its sign. Rows of a table come out as lines and
 * cells as tabs, so that a selection pastes into a spreadsheet.
 */
export function copyPlain(event: ClipboardEvent): void {
  const selection = document.getSelection()
  if (!selection || selection.isCollapsed || selection.rangeCount === 0 || !event.clipboardData) return
  if (event.target instanceof HTMLElement && event.target.closest('input, textarea')) return
  const range = selection.getRangeAt(0)
  const text = plainTextOf(range)
  if (text === null) return
  event.clipboardData.setData('text/plain', text)
  event.preventDefault()
}

/** Null when nothing selected has a plain form: the browser then copies as it always does. */
function plainTextOf(range: Range): string | null {
  const common = range.commonAncestorContainer
  const inside = (common instanceof Element ? common : common.parentElement)?.closest<HTMLElement>('[data-plain]')
  if (inside) return inside.dataset.plain ?? ''

  const fragment = range.cloneContents()
  const figures = fragment.querySelectorAll<HTMLElement>('[data-plain]')
  const rows = [...fragment.querySelectorAll('tr')]
  const cells = fragment.querySelectorAll('td, th')
  if (figures.length === 0) return null
  for (const figure of figures) figure.textContent = figure.dataset.plain ?? ''
  for (const hidden of fragment.querySelectorAll('.visually-hidden, button, svg, .row-actions')) hidden.remove()
  for (const cell of cells) if (cell.matches('.row-actions-cell, :has(> input[type=checkbox])')) cell.remove()
  if (rows.length > 0) return rows.map(rowText).join('\n')
  if (cells.length > 0) return [...cells].map(textOf).join('\t')
  return textOf(fragment)
}

const rowText = (row: Element): string => [...row.querySelectorAll('td, th')].map(textOf).join('\t')
const textOf = (node: Node): string => (node.textContent ?? '').replace(/\s+/g, ' ').trim()
