# docker build -t keyturn . && docker run --rm -it keyturn rehearse
FROM node:24-slim AS build
WORKDIR /keyturn
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund && npm run build

FROM node:24-slim
COPY --from=build /keyturn/bin /opt/keyturn/bin
COPY --from=build /keyturn/dist /opt/keyturn/dist
COPY --from=build /keyturn/runbooks /opt/keyturn/runbooks
RUN ln -s /opt/keyturn/bin/keyturn.js /usr/local/bin/keyturn
USER node
WORKDIR /home/node
ENTRYPOINT ["keyturn"]
