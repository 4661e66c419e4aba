import { SpanStatusCode } from '@opentelemetry/api'
import type { ServerBuild } from '@remix-run/node'
import { matchRoutes } from '@remix-run/react'
import type { RequestHandler } from 'express'
import { inSpan, startServerSpan } from './platform/traced.ts'

/**
 * A span for each page and form, named by its route: `GET /runs/:runId`. Under the correlation id of the request, which its
 * answer carries as X-Request-Id. Costs nothing where no telemetry is started.
 */
export function serverSpans(
  routes: ServerBuild['routes'],
  correlationIdOf: (response: Parameters<RequestHandler>[1]) => string,
): RequestHandler {
  const tree = childrenOf(routes, undefined)
  return (request, response, next) => {
    const { method, path } = request
    const span = startServerSpan(correlationIdOf(response), method, { 'http.request.method': method })
    if (!span.isRecording()) return next()
    const route = routeOf(tree, path)
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

type Node = { id: string; path?: string; index?: boolean; children: Node[] }

function childrenOf(routes: ServerBuild['routes'], parentId: string | undefined): Node[] {
  return Object.values(routes)
    .filter((route) => route !== undefined && route.parentId === parentId)
    .map((route) => {
      const { id, path, index } = route!
      return { id, ...(path !== undefined && { path }), ...(index && { index }), children: index ? [] : childrenOf(routes, id) }
    })
}

/** The pattern that answers a path; null when none does. */
export function routeOf(tree: Node[], path: string): string | null {
  const matched = matchRoutes(tree as Parameters<typeof matchRoutes>[0], path)
  if (!matched) return null
  const parts = matched.map(({ route }) => route.path).filter((part) => part)
  return `/${parts.join('/').replace(/^\/+/, '')}`
}
