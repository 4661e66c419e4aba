import type { PointerEvent } from 'react'
import { bounded } from './column-choice.ts'

/** The right edge of a head: taken hold of, it moves its column. By keys the same is done in the menu of the columns. */
export function ColumnEdge({ onResize }: { onResize: (pixels: number) => void }) {
  const onPointerDown = (event: PointerEvent<HTMLSpanElement>) => {
    const edge = event.currentTarget
    const head = edge.closest('th')
    if (!head || event.button !== 0) return
    event.preventDefault()
    const begun = { x: event.clientX, width: head.offsetWidth }
    let pixels = begun.width
    edge.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) => {
      pixels = bounded(begun.width + moved.clientX - begun.x)
      head.style.width = head.style.minWidth = head.style.maxWidth = `${pixels}px`
    }
    const end = () => {
      edge.removeEventListener('pointermove', move)
      if (pixels !== begun.width) onResize(pixels)
    }
    edge.addEventListener('pointermove', move)
    edge.addEventListener('pointerup', end, { once: true })
    edge.addEventListener('pointercancel', end, { once: true })
  }
  return <span className="column-edge" aria-hidden onPointerDown={onPointerDown} />
}
