import { filterHeaders, type RawHeaders } from '@slipstream/http';

/**
 * Fields that say nothing of who asks. Every other one is taken for a credential, for nobody can list what an application, or a
 * proxy that signs people in before it, may go by.
 */
const HARMLESS =
  /^(?:accept(?:-.*)?|a-im|access-control-request-.*|baggage|cache-control|connection|content-.*|device-memory|dnt|downlink|dpr|early-data|ect|expect|forwarded|from|host|http2-settings|if-.*|keep-alive|max-forwards|origin|pragma|prefer|priority|proxy-connection|purpose|range|referer|rtt|save-data|sec-(?:ch|fetch|gpc|purpose|websocket).*|te|trace(?:parent|state)|trailer|transfer-encoding|upgrade|upgrade-insecure-requests|user-agent|via|viewport-width|width|x-(?:forwarded-(?:for|host|port|proto|scheme|server|prefix)|real-ip|request-id|correlation-id|requested-with|b3-.*|scheme|original-forwarded-for|amzn-trace-id|cloud-trace-context)|cf-(?:connecting-ip|ipcountry|ray|visitor|ew-via|worker)|cdn-loop|true-client-ip)$/;

/** Which fields are harmless, remembered: the same few names come with every request. */
const known = new Map<string, boolean>();
const MAX_KNOWN = 1000;

function isHarmless(name: string): boolean {
  let answer = known.get(name);
  if (answer === undefined) {
    answer = HARMLESS.test(name);
    if (known.size < MAX_KNOWN) known.set(name, answer);
  }
  return answer;
}

/**
 * Everything in a request that may say who asks, as one text, a line for each field: no value of a field has a line feed in it (RFC 9110 section 5.5).
 *
 * @param isForeignCookie whether a cookie is the application's; others say nothing of who asks
 * @returns empty when nobody says who he is
 */
export function credentialsOf(rawHeaders: RawHeaders, isForeignCookie: (name: string) => boolean): string {
  let credentials = '';
  filterHeaders(rawHeaders, (name, value) => {
    if (isHarmless(name)) return false;
    const said = name === 'cookie' ? cookiesOf(value, isForeignCookie) : value.trim();
    if (said !== '') credentials += `${name}:${said}\n`;
    return false;
  });
  return credentials;
}

const cookiesOf = (value: string, isForeignCookie: (name: string) => boolean): string =>
  value
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && isForeignCookie(pair.split('=', 1)[0] as string))
    .join('; ');
