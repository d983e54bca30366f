/** Of what is no page: nothing in it is loaded, run or framed, should a browser take it for one. */
const nothingPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** What no page of ours uses; a page that comes to need one takes it out here. */
const unused = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
  'xr-spatial-tracking',
]

const yearSeconds = 365 * 86_400

/**
 * What every answer says to browsers unless it says otherwise itself: the pages bring policies of their own.
 */
export const safetyHeaders = ({ https }: { https: boolean }): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': nothingPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  // Pages of `CORS_ORIGINS` ask with CORS, to which this does not apply.
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': unused.map((feature) => `${feature}=()`).join(', '),
  // Not none at all: browsers would then send `Origin: null` with forms of our own.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // Without its subdomains, which may be others' and not have https.
  ...(https && { 'Strict-Transport-Security': `max-age=${yearSeconds}` }),
})
