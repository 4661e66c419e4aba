import { SpanStatusCode } from '@opentelemetry/api'
import type { ServerBuild } from '@remix-run/node'
import type { RequestHandler } from 'express'
import { matcherOf } from './match-route.ts'
import { inSpan, startServerSpan } from './platform/traced.ts'

/**
 * A span for each page and form, named by its route: `GET /runs/:runId`. Under the correlation id of the request, which its
 * answer carries as X-Request-Id. Costs nothing where no telemetry is started.
 */
export function serverSpans(
  routes: ServerBuild['routes'],
  correlationIdOf: (response: Parameters<RequestHandler>[1]) => string,
): RequestHandler {
  const match = matcherOf(routes)
  return (request, response, next) => {
    const { method, path } = request
    const span = startServerSpan(correlationIdOf(response), method, { 'http.request.method': method })
    if (!span.isRecording()) return next()
    const route = match(path)?.pattern
    span.updateName(route ? `${method} ${route}` : method)
    span.setAttributes({ 'url.path': path, ...(route && { 'http.route': route }) })
    response.once('close', () => {
      span.setAttribute('http.response.status_code', response.statusCode)
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    })
    inSpan(span, next)
  }
}
