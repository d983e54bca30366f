import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Conversation } from '../screens/conversation/conversation.tsx'
import { parseMessageSearch } from '../screens/conversation/message-link.ts'
import { Broken } from './broken.tsx'
import { Nothing } from './nothing.tsx'
import { Shell } from './shell.tsx'
import { Welcome } from './welcome.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: Nothing })

const routes = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: Welcome }),
  createRoute({
    getParentRoute: () => root,
    path: '/c/$conversationId',
    component: Conversation,
    validateSearch: parseMessageSearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/new',
    component: lazyRouteComponent(
      () => import('../screens/new-conversation/new-conversation.tsx'),
      'NewConversation',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/channels',
    component: lazyRouteComponent(() => import('../screens/channels/channels.tsx'), 'Channels'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/profile',
    component: lazyRouteComponent(() => import('../screens/profile/profile.tsx'), 'Profile'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/account',
    component: lazyRouteComponent(() => import('../screens/account/account.tsx'), 'Account'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/administration',
    component: lazyRouteComponent(
      () => import('../screens/administration/administration.tsx'),
      'Administration',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/administration/$part',
    component: lazyRouteComponent(
      () => import('../screens/administration/administration.tsx'),
      'Administration',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/join',
    component: lazyRouteComponent(() => import('../screens/join/join.tsx'), 'Join'),
  }),
])

export const router = createRouter({
  routeTree: routes,
  defaultPreload: 'intent',
  defaultErrorComponent: Broken,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
