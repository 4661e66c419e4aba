import { useEffect, useRef, useSyncExternalStore } from 'react'
import { paths } from '#app/paths.ts'
import { openEventStream, type StreamState } from '#app/ui/event-stream.ts'

/** What the database tells of: the words of its triggers. */
export const TOPICS = [
  'runs',
  'exceptions',
  'publications',
  'feeds',
  'jobs',
  'replays',
  'deliveries',
  'reconciliations',
  'periods',
] as const
export type Topic = (typeof TOPICS)[number]

type Live = {
  readonly stream: StreamState
  /** Since when nothing is heard, for the words of the badge. */
  readonly staleSince: number | null
  /** What the page would show, if it were not for what somebody is in the middle of. Null when there is nothing. */
  readonly heldBack: (() => void) | null
}
const QUIET: Live = { stream: 'opening', staleSince: null, heldBack: null }

let live = QUIET
let close: (() => void) | null = null
const watchers = new Set<() => void>()
const hearers = new Set<(topics: readonly string[] | null) => void>()

function set(change: Partial<Live>): void {
  live = { ...live, ...change }
  for (const watcher of watchers) watcher()
}

function onState(stream: StreamState): void {
  if (stream !== live.stream) set({ stream, staleSince: stream === 'stale' ? Date.now() : null })
}

function onChange(topics: readonly string[] | null): void {
  for (const hear of hearers) hear(topics)
}

/** The frame asks, so the one stream of this page lives as long as the frame. */
export const useLiveState = (): Live =>
  useSyncExternalStore(
    watch,
    () => live,
    () => QUIET,
  )

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  close ??= openEventStream(paths.events(), { onState, onChange })
  return () => {
    watchers.delete(watcher)
    if (watchers.size > 0) return
    close?.()
    close = null
    live = QUIET
  }
}

/** Calls when one of the topics changed, or when anything may have. */
export function useNews(topics: readonly Topic[], onNews: () => void): void {
  const latest = useRef(onNews)
  useEffect(() => {
    latest.current = onNews
  })
  const names = topics.join()
  useEffect(() => {
    const hear = (changed: readonly string[] | null) => {
      if (changed === null || changed.some((topic) => names.split(',').includes(topic))) latest.current()
    }
    hearers.add(hear)
    return () => {
      hearers.delete(hear)
    }
  }, [names])
}

export const holdBack = (show: (() => void) | null): void => {
  if (live.heldBack !== show) set({ heldBack: show })
}
