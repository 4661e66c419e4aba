import { lazy } from 'react'

export type { Bars, Series } from './bars-chart.tsx'

/** The picture of bars, fetched when one is shown: its library is larger than all the rest of a page. */
export const LazyBars = lazy(async () => ({ default: (await import('./bars-chart.tsx')).BarsChart }))
