/** The `CloudFront-*` headers that CloudFront adds for the origin if a policy asks for them (DG:adding-cloudfront-headers). */

export interface ViewerConnection {
  readonly scheme: "http" | "https";
  readonly address: string;
  readonly port: number;
  /** `1.1`. */
  readonly httpVersion: string;
  /** `TLSv1.3:TLS_AES_128_GCM_SHA256:fullHandshake`. */
  readonly tls?: string;
  readonly userAgent: string;
}

/** A loopback address has no location: these are the values of the guide's examples. */
const LOCATION_EXAMPLES: Readonly<Record<string, string>> = {
  "cloudfront-viewer-asn": "64496",
  "cloudfront-viewer-city": "Ann Arbor",
  "cloudfront-viewer-country": "US",
  "cloudfront-viewer-country-name": "United States",
  "cloudfront-viewer-country-region": "MI",
  "cloudfront-viewer-country-region-name": "Michigan",
  "cloudfront-viewer-latitude": "42.30680",
  "cloudfront-viewer-longitude": "-83.70590",
  "cloudfront-viewer-metro-code": "505",
  "cloudfront-viewer-postal-code": "48105",
  "cloudfront-viewer-time-zone": "America/Detroit",
};

/** Undefined for a header that CloudFront does not make. */
export function cloudFrontHeader(name: string, viewer: ViewerConnection): string | undefined {
  const agent = viewer.userAgent;
  const isTablet = /iPad|Tablet|Android(?!.*Mobile)/i.test(agent);
  const isTv = /SmartTV|Smart-TV|AppleTV|GoogleTV|HbbTV|Tizen.*TV|Web0S/i.test(agent);
  const isMobile = !isTablet && /Mobile|iPhone|iPod/i.test(agent);
  switch (name) {
    case "cloudfront-forwarded-proto":
      return viewer.scheme;
    case "cloudfront-viewer-address":
      return `${viewer.address}:${viewer.port}`;
    case "cloudfront-viewer-http-version":
      return viewer.httpVersion;
    case "cloudfront-viewer-tls":
      return viewer.tls;
    case "cloudfront-is-android-viewer":
      return String(/Android/i.test(agent));
    case "cloudfront-is-ios-viewer":
      return String(/iPhone|iPad|iPod/.test(agent));
    case "cloudfront-is-mobile-viewer":
      return String(isMobile);
    case "cloudfront-is-tablet-viewer":
      return String(isTablet);
    case "cloudfront-is-smarttv-viewer":
      return String(isTv);
    case "cloudfront-is-desktop-viewer":
      return String(!isMobile && !isTablet && !isTv);
    default:
      return LOCATION_EXAMPLES[name];
  }
}
