export { renderHtmlReport, type HtmlReportOptions } from './node/render.js';
