import { vitePlugin as remix } from '@remix-run/dev'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

declare module '@remix-run/server-runtime' {
  interface Future {
    v3_singleFetch: true
  }
}

// Aliases (#app, #server, #db, #jobs) come from the imports of package.json; Vite reads them by itself.
export default defineConfig(({ isSsrBuild }) => ({
  plugins: [
    tailwindcss(),
    remix({
      appDirectory: 'app',
      serverModuleFormat: 'esm',
      ignoredRouteFiles: ['**/*.test.{ts,tsx}'],
      // What React Router 7 made the default. v3_routeConfig is left out: it only swaps the flat route folder for a routes.ts,
      // through two more packages. v3_lazyRouteDiscovery as well: every page of a list would ask once more for the routes of all
      // it links to, and be rendered with its own part of them, to save a browser one file that it keeps.
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_singleFetch: true,
        v3_throwAbortReason: true,
      },
    }),
  ],
  // Bundled, of these only what is used is loaded: all their icons and charts are 75 MB of a web process.
  ssr: { noExternal: ['lucide-react', 'recharts'] },
  build: {
    target: 'es2022',
    // The built server imports our own rooms, it does not copy them: a second copy of a class would make every
    // `instanceof BusinessError` between a service and the hallway false.
    rollupOptions: isSsrBuild ? { external: /^#(server|db|jobs)\// } : {},
  },
}))
