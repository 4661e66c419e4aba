import type { useLoaderData } from '@remix-run/react'
import type { loader } from './route.tsx'

export type Screen = ReturnType<typeof useLoaderData<typeof loader>>
