# frozen_string_literal: true

# Doorkeeper in a Rails application of one file: its engine with the pages that it brings, a sign-in page as the
# documentation leaves it to the application, and one resource. What profile.toml speaks of is created at the start.
#
# ruby server.rb FOLDER PORT [CERTIFICATE KEY]

require "json"
require "rails"
require "active_record/railtie"
require "action_controller/railtie"
require "doorkeeper"
require "puma"
require "puma/events"
require "puma/minissl"
require "puma/server"
require "sqlite3"

FOLDER, PORT, CERTIFICATE, KEY = ARGV
Rails.env = "production"

class Application < Rails::Application
  config.root = FOLDER
  config.eager_load = false
  config.consider_all_requests_local = false
  config.secret_key_base = SecureRandom.hex(64)
  config.logger = Logger.new($stderr)
  config.log_level = :fatal
  config.hosts.clear
  config.force_ssl = false
  config.load_defaults 6.1
end

DATABASE = { adapter: "sqlite3", database: "#{FOLDER}/server.db", pool: 8, timeout: 10_000 }.freeze
Dir.mkdir("#{FOLDER}/config")
File.write("#{FOLDER}/config/database.yml", { Rails.env => DATABASE.transform_keys(&:to_s) }.to_yaml)
ActiveRecord::Base.establish_connection(DATABASE)

USERS = { "alice" => "correct horse battery staple", "bob" => "wrong pony charger paperclip" }.freeze
BARRED = { "restricted" => %w[password client_credentials implicit] }.freeze

# As the initializer of the documentation, with all its grants.
Doorkeeper.configure do
  orm :active_record
  resource_owner_authenticator do
    User.find_by(id: session[:user_id]) || redirect_to("/login?#{{ back: request.fullpath }.to_query}")
  end
  resource_owner_from_credentials do |_routes|
    User.find_by(name: params[:username]).then { |user| user if user && USERS[user.name] == params[:password] }
  end
  grant_flows %w[authorization_code client_credentials implicit password]
  default_scopes :read
  optional_scopes :write
  enforce_configured_scopes
  use_refresh_token
  allow_grant_flow_for_client { |flow, client| !BARRED.fetch(client&.uid, []).include?(flow) }
end

def create_tables
  ActiveRecord::Schema.verbose = false
  ActiveRecord::Schema.define do
    create_table(:users) { |table| table.string :name, null: false }
    create_table :oauth_applications do |table|
      table.string :name, null: false
      table.string :uid, null: false, index: { unique: true }
      table.string :secret, null: false
      table.text :redirect_uri, null: false
      table.string :scopes, null: false, default: ""
      table.boolean :confidential, null: false, default: true
      table.timestamps null: false
    end
    create_table :oauth_access_grants do |table|
      table.references :resource_owner, null: false
      table.references :application, null: false
      table.string :token, null: false, index: { unique: true }
      table.integer :expires_in, null: false
      table.text :redirect_uri, null: false
      table.datetime :created_at, null: false
      table.datetime :revoked_at
      table.string :scopes, null: false, default: ""
      table.string :code_challenge
      table.string :code_challenge_method
    end
    create_table :oauth_access_tokens do |table|
      table.references :resource_owner
      table.references :application, null: false
      table.string :token, null: false, index: { unique: true }
      table.string :refresh_token, index: { unique: true }
      table.integer :expires_in
      table.datetime :revoked_at
      table.datetime :created_at, null: false
      table.string :scopes
      table.string :previous_refresh_token, null: false, default: ""
    end
  end
end

CLIENTS = [
  ["confidential", "confidential-secret", %w[https://client.example/cb https://client.example/cb?tenant=a%2Fb%26c]],
  ["other", "other-secret", %w[https://other.example/cb]],
  ["public", nil, %w[https://public.example/cb]],
  ["sp:e%c+i&a l", "se:c%r+e&t 1", %w[https://special.example/cb]],
  ["single-redirect", "single-redirect-secret", %w[https://single.example/cb]],
  ["restricted", "restricted-secret", %w[https://restricted.example/cb]],
].freeze

def create_clients
  CLIENTS.each do |uid, secret, uris|
    Doorkeeper::Application.create!(
      name: uid,
      uid: uid,
      secret: secret || "unused",
      redirect_uri: uris,
      confidential: !secret.nil?,
      scopes: "read write",
    )
  end
end

class ApplicationController < ActionController::Base
  protect_from_forgery with: :exception
end

class SessionsController < ApplicationController
  FORM = <<~ERB
    <h1>Sign in</h1>
    <%= form_tag "/login", method: :post do %>
      <%= hidden_field_tag :back, params[:back] %>
      <label>Name <%= text_field_tag :username %></label>
      <label>Password <%= password_field_tag :password %></label>
      <%= submit_tag "Sign in" %>
    <% end %>
  ERB

  def new
    render inline: FORM
  end

  def create
    user = User.find_by(name: params[:username])
    return render(inline: FORM) unless user && USERS[user.name] == params[:password]

    reset_session
    session[:user_id] = user.id
    back = params[:back].to_s
    redirect_to back.start_with?("/oauth/authorize") ? back : "/login"
  end
end

class ProfilesController < ActionController::API
  before_action -> { doorkeeper_authorize! :read }

  def show
    render json: { user: User.find_by(id: doorkeeper_token.resource_owner_id)&.name }
  end
end

create_tables

class User < ActiveRecord::Base; end

Application.initialize!
Application.routes.draw do
  use_doorkeeper { skip_controllers :applications, :authorized_applications }
  get "/login", to: "sessions#new"
  post "/login", to: "sessions#create"
  get "/api/me", to: "profiles#show"
  post "/api/me", to: "profiles#show"
end
USERS.each_key { |name| User.create!(name: name) }
create_clients

def listening(server)
  return server.add_tcp_listener("127.0.0.1", PORT.to_i) unless CERTIFICATE

  context = Puma::MiniSSL::Context.new
  context.cert = CERTIFICATE
  context.key = KEY
  context.verify_mode = Puma::MiniSSL::VERIFY_NONE
  server.add_ssl_listener("127.0.0.1", PORT.to_i, context)
end

# One thread: with several of them the adapter of SQLite crashes now and then.
server = Puma::Server.new(Application, Puma::Events.new($stderr, $stderr), min_threads: 1, max_threads: 1)
listener = listening(server)
trap("TERM") { exit!(0) }
thread = server.run
$stdout.puts JSON.dump(base_url: "#{CERTIFICATE ? "https" : "http"}://127.0.0.1:#{listener.addr[1]}")
$stdout.flush
thread.join
