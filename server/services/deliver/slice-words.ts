type Slice = { readonly entity: string; readonly period: string; readonly version: string }

/** A slice as exceptions keep it. */
export const sliceWords = (objectType: string, { entity, period, version }: Slice): string =>
  [objectType, entity, period, version].join(' ')
