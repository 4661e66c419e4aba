import type { ServerBuild } from '@remix-run/node'
import { matchRoutes } from '@remix-run/react'

/** `pattern`: `/runs/:runId`. `isPage`: it is looked at; everything else is a file, or an answer without a page. */
export type Matched = { readonly pattern: string; readonly isPage: boolean }

/** The route that answers a path; null when none does. */
export function matcherOf(routes: ServerBuild['routes']): (path: string) => Matched | null {
  const tree = childrenOf(routes, undefined) as Parameters<typeof matchRoutes>[0]
  return (path) => {
    const matched = matchRoutes(tree, path)
    const leaf = matched?.at(-1)?.route.id
    if (!matched || leaf === undefined) return null
    const parts = matched.map(({ route }) => route.path).filter((part) => part)
    return { pattern: `/${parts.join('/').replace(/^\/+/, '')}`, isPage: routes[leaf]?.module?.default !== undefined }
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
