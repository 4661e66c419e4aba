import type { ObjectType, RecordBatch } from '#server/domain/record.ts'

/** By object type, in their order. */
export type SelectedPositions = ReadonlyMap<ObjectType, Int32Array>

export function selectFrom(batch: RecordBatch, selected: SelectedPositions): RecordBatch {
  const sought = selected.get(batch.objectType)
  const chosen = sought ? batch.positions.flatMap((position, i) => (holds(sought, position) ? [i] : [])) : []
  return { ...batch, rows: chosen.map((i) => batch.rows[i]!), positions: chosen.map((i) => batch.positions[i]!) }
}

/** Whether a sorted array has a value. */
function holds(sorted: Int32Array, value: number): boolean {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return sorted[low] === value
}
