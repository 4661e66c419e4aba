import { guarded } from '#app/.server/guarded.ts'

const TRY_AGAIN_SECONDS = 30

/** Says what changed and nothing about it: what a page then asks for is held to the person's scope there. */
export const loader = guarded('tower:read', ({ request, context }) => {
  const stream = context.news.open(request.signal)
  if (!stream) return new Response(null, { status: 503, headers: { 'Retry-After': `${TRY_AGAIN_SECONDS}` } })
  // A proxy that gathers the answer before it passes it on would keep the news to itself.
  const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' }
  return new Response(stream, { headers })
})
