terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" {}
variable "comment" {}
variable "enabled" {}
# Holds one.pem and two.pem, public keys, and key.pem, the private half of the first.
variable "keys" {}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "AKIDEXAMPLE"
  secret_key                  = "example"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints {
    cloudfront     = var.endpoint
    secretsmanager = var.endpoint
  }
}

resource "aws_cloudfront_public_key" "signing" {
  for_each    = toset(["one", "two"])
  name        = each.key
  encoded_key = file("${var.keys}/${each.key}.pem")
  comment     = var.comment
}

resource "aws_cloudfront_key_group" "viewers" {
  name    = "viewers"
  items   = [aws_cloudfront_public_key.signing["one"].id]
  comment = var.comment
}

resource "aws_cloudfront_distribution" "site" {
  enabled             = var.enabled
  comment             = var.comment
  wait_for_deployment = false
  tags                = { project = "site" }

  origin {
    domain_name = "origin.example.com"
    origin_id   = "origin"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
    custom_header {
      name  = "X-Origin-Verify"
      value = "what the origin expects"
    }
  }
  default_cache_behavior {
    target_origin_id       = "origin"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    trusted_key_groups     = [aws_cloudfront_key_group.viewers.id]
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

resource "aws_secretsmanager_secret" "signer" {
  name                    = "signer"
  description             = var.comment
  recovery_window_in_days = 0
  tags                    = { project = "site" }
}

resource "aws_secretsmanager_secret_version" "signer" {
  secret_id = aws_secretsmanager_secret.signer.id
  secret_string = jsonencode({
    keyPairId  = aws_cloudfront_public_key.signing["one"].id
    privateKey = file("${var.keys}/key.pem")
    comment    = var.comment
  })
}
